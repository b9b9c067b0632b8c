import { list, number, record, text } from '../../core/json.ts';
import { inputTexts } from '../openai/embeddings.ts';
import { chatUsage } from '../openai/usage.ts';
import type { Operation } from '../operation.ts';
import { mistralUsage } from './chat.ts';

export const mistralEmbeddings: Operation = {
  operation: 'embeddings',
  kind: 'embedding',
  request: (body) => ({
    inputMessages: () => inputTexts(body.inputs ?? body.input),
    dimensions: number(body.outputDimension),
  }),
  response: (answer) => {
    const { model, data, usage } = record(answer);
    const { inputTokens } = chatUsage(mistralUsage(usage));
    return {
      responseModel: text(model),
      usage: inputTokens === undefined ? {} : { inputTokens },
      dimensions: number(record(record(list(data)[0]).embedding).length),
    };
  },
};

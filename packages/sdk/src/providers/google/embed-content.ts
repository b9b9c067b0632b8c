import { list, number, present, record, sum } from '../../core/json.ts';
import type { Operation } from '../operation.ts';
import { contentMessages } from './generate-content.ts';

/** Gemini's embedContent. Only Vertex AI reports tokens. */
export const embedContent: Operation = {
  operation: 'embeddings',
  kind: 'embedding',
  request: (body) => ({
    inputMessages: () => contentMessages(body.contents ?? body.content),
    dimensions: number(record(body.config).outputDimensionality),
  }),
  response: (answer) => {
    const made = list(record(answer).embeddings).map(record);
    return {
      usage: present({ inputTokens: sum(...made.map(({ statistics }) => record(statistics).tokenCount)) }),
      dimensions: number(record(made[0]?.values).length),
    };
  },
};

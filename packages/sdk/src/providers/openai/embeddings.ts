import type { Message } from '@throughline/spans';
import { list, number, record, text } from '../../core/json.ts';
import type { Operation } from '../operation.ts';
import { chatUsage } from './usage.ts';

/** Embeddings. Only the length of the vectors is recorded. */
export const embeddings: Operation = {
  operation: 'embeddings',
  kind: 'embedding',
  request: (body) => ({
    inputMessages: () => inputTexts(body.input),
    parameters: {
      encoding_formats: typeof body.encoding_format === 'string' ? [body.encoding_format] : undefined,
    },
    dimensions: number(body.dimensions),
  }),
  response: (answer) => {
    const { model, usage, data } = record(answer);
    return {
      responseModel: text(model),
      usage: chatUsage(usage),
      dimensions: dimensionsOf(record(list(data)[0]).embedding),
    };
  },
};

/** Converts the inputs to a message. Lists of token numbers are unreadable, so only their length is kept. */
export function inputTexts(input: unknown): Message[] {
  const inputs = Array.isArray(input) && typeof input[0] !== 'number' ? input : [input];
  const parts = inputs.map((item) =>
    typeof item === 'string' ? { type: 'text', content: item } : { type: 'tokens', count: list(item).length },
  );
  return [{ role: 'user', parts }];
}

/** Length of a vector, which may be encoded as base64 with four bytes per number. */
export function dimensionsOf(vector: unknown): number | undefined {
  if (typeof vector === 'string') return Math.floor((vector.replace(/=+$/, '').length * 3) / 16);
  const { length } = record(vector);
  return number(length);
}

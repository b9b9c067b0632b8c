import { setTimeout as delay } from 'node:timers/promises';
import { type Endpoint, sendJson } from '../context.ts';
import { readCount, readRecord, readString } from '../decode.ts';
import { embed } from '../embedding.ts';
import { requireModel } from '../models.ts';
import { RequestError } from '../request-error.ts';
import { countTokens } from '../tokens.ts';

const DIMENSIONS: readonly [model: RegExp, dimensions: number][] = [
  [/large/, 3072],
  [/./, 1536],
];

/** `POST /v1/embeddings`. https://platform.openai.com/docs/api-reference/embeddings */
export const embeddings: Endpoint = async (body, response, context) => {
  const fields = readRecord(body, 'body');
  const model = readString(fields.model, 'model');
  requireModel(model.startsWith('mistral-') ? 'mistral' : 'openai', model);
  const inputs = readInputs(fields.input);
  const texts = inputs.map(({ text }) => text);
  if (texts.length === 0 || texts.length > 2048 || texts.includes('')) {
    throw new RequestError(400, "Invalid 'input': expected 1 to 2048 texts that are not empty.", {
      param: 'input',
    });
  }
  const whole = DIMENSIONS.find(([pattern]) => pattern.test(model))?.[1] ?? 1536;
  const dimensions = readCount(fields.dimensions ?? fields.output_dimension, 'dimensions') ?? whole;
  if (dimensions > whole) {
    throw new RequestError(400, `Invalid 'dimensions': this model has at most ${whole}.`, {
      param: 'dimensions',
    });
  }
  // Lets scripts cause faults here too, with the texts as the user's message.
  const reply = await context.decide({
    api: 'chat',
    model,
    turns: [{ role: 'user', text: texts.join('\n'), images: [], toolCalls: [] }],
    tools: [],
    toolChoice: 'none',
    parallelToolCalls: false,
    reasoning: false,
    stream: false,
    choices: 1,
  });
  const firstTokenMs = reply.firstTokenMs ?? context.pace.firstTokenMs;
  if (firstTokenMs > 0) await delay(firstTokenMs);
  const tokens = inputs.reduce((sum, { tokenCount }) => sum + tokenCount, 0);
  sendJson(response, 200, {
    id: context.nextId('emb'),
    object: 'list',
    data: texts.map((text, index) => {
      const vector = embed(text, dimensions);
      return {
        object: 'embedding',
        index,
        embedding: fields.encoding_format === 'base64' ? base64(vector) : vector,
      };
    }),
    model,
    usage: { prompt_tokens: tokens, total_tokens: tokens },
  });
};

/** The input is a text, a list of token numbers, or a list of either. */
function readInputs(input: unknown): { text: string; tokenCount: number }[] {
  const items = Array.isArray(input) && typeof input[0] !== 'number' ? input : [input];
  return items.map((item) => {
    if (Array.isArray(item) && item.every((token) => Number.isInteger(token)))
      return { text: item.join(' '), tokenCount: item.length };
    const text = readString(item, 'input');
    return { text, tokenCount: countTokens(text) };
  });
}

/** Encodes a vector as little-endian single precision numbers, as the API does. */
function base64(vector: readonly number[]): string {
  const bytes = Buffer.alloc(vector.length * 4);
  vector.forEach((value, index) => {
    bytes.writeFloatLE(value, index * 4);
  });
  return bytes.toString('base64');
}

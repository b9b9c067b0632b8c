import { type Endpoint, sendJson } from '../context.ts';
import { readArray, readCount, readRecord, readString } from '../decode.ts';
import { embed } from '../embedding.ts';
import { requireModel } from '../models.ts';
import { plainRequest } from '../plain-request.ts';
import { countTokens } from '../tokens.ts';

/** `POST /v2/embed`. https://docs.cohere.com/v2/reference/embed */
export const cohereEmbed: Endpoint = async (body, response, context) => {
  const fields = readRecord(body, 'body');
  const model = readString(fields.model, 'model');
  requireModel('cohere', model);
  const texts = readArray(fields.texts, 'texts').map((text) => readString(text, 'texts'));
  await context.decide(plainRequest('cohere', model, texts.join('\n')));
  const dimensions = readCount(fields.output_dimension, 'output_dimension') ?? 1536;
  sendJson(response, 200, {
    id: context.nextId('embed'),
    texts,
    embeddings: { float: texts.map((text) => embed(text, dimensions)) },
    meta: {
      api_version: { version: '2' },
      billed_units: { input_tokens: texts.reduce((sum, text) => sum + countTokens(text), 0) },
    },
  });
};

import { type Endpoint, sendJson } from '../context.ts';
import { readArray, readCount, readRecord, readString } from '../decode.ts';
import { embed } from '../embedding.ts';
import { requireModel } from '../models.ts';
import { plainRequest } from '../plain-request.ts';

const DIMENSIONS = 512;

/** `POST /v2/rerank`. Ranks documents by similarity. https://docs.cohere.com/v2/reference/rerank */
export const cohereRerank: Endpoint = async (body, response, context) => {
  const fields = readRecord(body, 'body');
  const model = readString(fields.model, 'model');
  requireModel('cohere', model);
  const query = readString(fields.query, 'query');
  await context.decide(plainRequest('cohere', model, query));
  const queryVector = embed(query, DIMENSIONS);
  const results = readArray(fields.documents, 'documents')
    .map((document, index) => {
      const vector = embed(readString(document, `documents.${index}`), DIMENSIONS);
      const similarity = vector.reduce(
        (sum, value, position) => sum + value * (queryVector[position] ?? 0),
        0,
      );
      return { index, relevance_score: Math.max(0, similarity) };
    })
    .sort((a, b) => b.relevance_score - a.relevance_score)
    .slice(0, readCount(fields.top_n, 'top_n') ?? Number.POSITIVE_INFINITY);
  sendJson(response, 200, {
    id: context.nextId('rerank'),
    results,
    meta: { api_version: { version: '2' }, billed_units: { search_units: 1 } },
  });
};

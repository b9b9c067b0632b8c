import { type Endpoint, sendJson } from '../context.ts';
import { isRecord, readArray, readCount, readRecord } from '../decode.ts';
import { embed } from '../embedding.ts';
import { requireModel } from '../models.ts';
import { plainRequest } from '../plain-request.ts';
import { textOf } from './decode-request.ts';

/** `POST /v1beta/models/{model}:batchEmbedContents`. https://ai.google.dev/api/embeddings */
export const embedContents: Endpoint = async (body, response, context, [model = '']) => {
  requireModel('google', model);
  const requests = readArray(readRecord(body, 'body').requests, 'requests').filter(isRecord);
  const texts = requests.map(({ content }) => (isRecord(content) ? textOf(content) : ''));
  await context.decide(plainRequest('generate', model, texts.join('\n')));
  sendJson(response, 200, {
    embeddings: requests.map((request, index) => ({
      values: embed(
        texts[index] ?? '',
        readCount(request.outputDimensionality, 'outputDimensionality') ?? 768,
      ),
    })),
  });
};

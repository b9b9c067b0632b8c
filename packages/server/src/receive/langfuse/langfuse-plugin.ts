import type { FastifyInstance } from 'fastify';
import { ThroughlineError } from '../../errors/errors.ts';
import { DEFAULT_PROJECT } from '../../project/project-name.ts';
import { projectOfLangfuse } from '../../project/project-of-client.ts';
import { describe, field, isFields } from '../sdk-http/field-readers.ts';
import { jsonOf } from '../sdk-http/sdk-body.ts';
import {
  asSdkEndpoint,
  patchRequestOf,
  reportItemErrors,
  type SdkParts,
  sendJson,
} from '../sdk-http/sdk-endpoint.ts';
import { acceptBatch, metadataOf, sourceOf } from './accept-batch.ts';

const INGESTION_PATH = '/api/public/ingestion';

/**
 * The API that Langfuse's SDKs before Python 3 and JavaScript 4 write to, and the few routes that all of its SDKs need to
 * start. Later SDKs send OTLP to `/api/public/otel/v1/traces`.
 * Source: langfuse/langfuse `fern/apis/server/definition/ingestion.yml`.
 */
export async function langfusePlugin(app: FastifyInstance, parts: SdkParts): Promise<void> {
  const recording = new Set([INGESTION_PATH]);
  asSdkEndpoint(app, { errorBody: langfuseError, recording }, parts);

  app.post(INGESTION_PATH, { bodyLimit: parts.maxBodyBytes }, async (request, reply) => {
    const project = projectOfLangfuse(request.headers);
    const body = await jsonOf(request);
    const batch = isFields(body) ? field(body, 'batch') : undefined;
    if (!isFields(body) || !Array.isArray(batch))
      throw new ThroughlineError('malformed-body', `batch is ${describe(batch)}, expected a list of events`);
    const source = sourceOf(metadataOf(body), project);
    const answer = await acceptBatch(parts, batch, source, patchRequestOf(request));
    const errors = answer.errors.map(({ id, error }) => ({ id, message: error }));
    reportItemErrors(parts, request, errors);
    return sendJson(reply, 207, answer);
  });

  app.get('/api/public/health', async (_request, reply) =>
    sendJson(reply, 200, { status: 'OK', version: '3.0.0' }),
  );

  app.get('/api/public/projects', async (request, reply) => {
    const name = projectOfLangfuse(request.headers) ?? DEFAULT_PROJECT;
    const organization = { id: 'throughline', name: 'Throughline' };
    return sendJson(reply, 200, { data: [{ id: name, name, organization, metadata: {} }] });
  });

  app.all('/api/public/*', { bodyLimit: parts.maxBodyBytes }, async (request, reply) => {
    const [path] = request.url.split('?');
    const message =
      `Throughline does not have ${request.method} ${path}. It records traces, observations and scores of Langfuse's ` +
      'SDKs; prompts, datasets and media stay in Langfuse.';
    return sendJson(reply, 404, { message, error: 'NotSupported' });
  });
}

/** Errors as Langfuse's API reports them. */
function langfuseError({ code, message }: ThroughlineError): unknown {
  return { message, error: code };
}

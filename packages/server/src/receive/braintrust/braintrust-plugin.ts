import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { ThroughlineError } from '../../errors/errors.ts';
import type { GivenScore } from '../../ingest/accept-scores.ts';
import type { SpanPatch } from '../../ingest/patches/span-patch.ts';
import { DEFAULT_PROJECT } from '../../project/project-name.ts';
import { checkedProject, projectOfHeaders } from '../../project/project-of-request.ts';
import { describe, field, InvalidItem, isFields, textField } from '../sdk-http/field-readers.ts';
import { jsonOf } from '../sdk-http/sdk-body.ts';
import {
  asSdkEndpoint,
  type ItemError,
  patchRequestOf,
  reportItemErrors,
  type SdkParts,
  sendJson,
} from '../sdk-http/sdk-endpoint.ts';
import { KnownRows } from './known-rows.ts';
import { recordsOfRow } from './patch-of-row.ts';

const ORGANIZATION = 'throughline';

/**
 * The API that Braintrust's SDKs write logs to. A row is a span; a row with `_is_merge` changes one. The id of a project is
 * its name. Experiments, datasets, prompts and attachments are not stored.
 * Source: braintrust-sdk-javascript 3.35 `js/src/logger.ts`, braintrust-sdk-python 0.48 `py/src/braintrust/logger.py`.
 */
export async function braintrustPlugin(app: FastifyInstance, parts: SdkParts): Promise<void> {
  const { maxBodyBytes: bodyLimit } = parts;
  asSdkEndpoint(
    app,
    { errorBody: ({ message }) => ({ error: message }), recording: new Set(['/logs3']) },
    parts,
  );
  const known = new KnownRows();

  app.post('/api/apikey/login', { bodyLimit }, async (request, reply) => {
    const protocol = request.headers['x-forwarded-proto'] === 'https' ? 'https' : request.protocol;
    const url = `${protocol}://${request.host}`;
    const organization = { id: ORGANIZATION, name: ORGANIZATION, api_url: url, proxy_url: url };
    return sendJson(reply, 200, { org_info: [organization] });
  });

  app.get('/version', async (_request, reply) => sendJson(reply, 200, {}));

  app.post('/api/project/register', { bodyLimit }, async (request, reply) => {
    const name = projectNameOf(request, await jsonOf(request), 'project_name');
    return sendJson(reply, 200, { project: { id: name, name, org_id: ORGANIZATION } });
  });

  app.get('/api/project', async (request, reply) => {
    const name = projectNameOf(request, request.query, 'id');
    return sendJson(reply, 200, { id: name, name, org_id: ORGANIZATION });
  });

  app.post('/v1/project', { bodyLimit }, async (request, reply) => {
    const name = projectNameOf(request, await jsonOf(request), 'name');
    return sendJson(reply, 200, {
      id: name,
      name,
      org_id: ORGANIZATION,
      created: null,
      deleted_at: null,
      user_id: null,
    });
  });

  app.post('/logs3', { bodyLimit }, async (request, reply) => {
    const body = await jsonOf(request);
    const rows = isFields(body) ? field(body, 'rows') : undefined;
    if (!Array.isArray(rows))
      throw new ThroughlineError('malformed-body', `rows is ${describe(rows)}, expected a list of rows`);
    return acceptRows(parts, known, request, reply, rows);
  });

  for (const path of ['/api/experiment/*', '/api/dataset/*', '/api/base_experiment/*', '/api/self/*'])
    app.all(path, { bodyLimit }, notSupported);
  for (const path of ['/btql', '/attachment', '/logs3/overflow']) app.post(path, { bodyLimit }, notSupported);
  for (const path of ['/v1/prompt', '/v1/prompt/:id', '/v1/function', '/v1/function/:id'])
    app.get(path, notSupported);
}

function projectNameOf(request: FastifyRequest, fields: unknown, key: string): string {
  const name = isFields(fields) ? textField(fields, key) : undefined;
  return checkedProject(name ?? projectOfHeaders(request.headers) ?? DEFAULT_PROJECT, key);
}

/** Stores the valid rows. The response has a list of the others, because every other response repeats the request. */
async function acceptRows(
  parts: SdkParts,
  known: KnownRows,
  request: FastifyRequest,
  reply: FastifyReply,
  rows: readonly unknown[],
): Promise<FastifyReply> {
  const source = { project: projectOfHeaders(request.headers), find: (id: string) => known.get(id) };
  const patches: SpanPatch[] = [];
  const scores = new Map<string, GivenScore[]>();
  const ids: string[] = [];
  const errors: ItemError[] = [];
  for (const row of rows) {
    const id = idOf(row);
    try {
      if (!isFields(row)) throw new InvalidItem(`the row is ${describe(row)}, expected an object`);
      const records = recordsOfRow(row, source);
      known.set(records.id, records.place);
      if (records.patch) patches.push(records.patch);
      const { project } = records.place;
      scores.set(project, [...(scores.get(project) ?? []), ...records.scores]);
      ids.push(id);
    } catch (error) {
      if (!(error instanceof InvalidItem)) throw error;
      errors.push({ id, message: error.message });
    }
  }
  await Promise.all([
    patches.length > 0 && parts.acceptPatches(patches, patchRequestOf(request)),
    ...[...scores].map(([project, given]) => given.length > 0 && parts.acceptScores(project, given)),
  ]);
  reportItemErrors(parts, request, errors);
  return sendJson(reply, 200, errors.length === 0 ? { ids } : { ids, errors });
}

function idOf(row: unknown): string {
  return (isFields(row) && textField(row, 'id')) || '';
}

async function notSupported(request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> {
  const [path] = request.url.split('?');
  const error =
    `Throughline does not have ${request.method} ${path}. It records the logs of Braintrust's SDKs; experiments, ` +
    'datasets, prompts and attachments stay in Braintrust.';
  return sendJson(reply, 404, { error });
}

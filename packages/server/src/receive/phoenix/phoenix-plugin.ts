import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { ThroughlineError } from '../../errors/errors.ts';
import type { GivenScore } from '../../ingest/accept-scores.ts';
import type { SpanPatch } from '../../ingest/patches/span-patch.ts';
import { checkedProject } from '../../project/project-of-request.ts';
import { describe, type Fields, field, InvalidItem, isFields, textField } from '../sdk-http/field-readers.ts';
import { jsonOf } from '../sdk-http/sdk-body.ts';
import { asSdkEndpoint, patchRequestOf, type SdkParts, sendJson } from '../sdk-http/sdk-endpoint.ts';
import { patchOfSpan } from './patch-of-span.ts';
import { type Annotation, readAnnotation, readNote, type TargetKind } from './score-of-annotation.ts';

export interface AnnotationTarget {
  readonly id: string;
  readonly project: string;
  readonly traceId: string;
}

export interface PhoenixParts extends SdkParts {
  /** Finds spans, traces or sessions in the store. Those that do not exist are left out. */
  readonly findTargets: (kind: TargetKind, ids: readonly string[]) => Promise<readonly AnnotationTarget[]>;
  /** Resolves once everything that was acknowledged is readable, or after a few seconds. */
  readonly whenLoaded: () => Promise<void>;
}

const KINDS: readonly TargetKind[] = ['span', 'trace', 'session'];
const SPANS_PATH = '/v1/projects/:project/spans';

/**
 * The part of Phoenix's API that its clients write to: annotations, notes and spans in JSON. Its exporters send OTLP.
 * Source: Arize-ai/phoenix `schemas/openapi.json`, arize-phoenix-client 3.5.
 */
export async function phoenixPlugin(app: FastifyInstance, parts: PhoenixParts): Promise<void> {
  const { maxBodyBytes: bodyLimit } = parts;
  asSdkEndpoint(
    app,
    { errorBody: ({ message }) => ({ detail: message }), recording: new Set([SPANS_PATH]) },
    parts,
  );

  for (const kind of KINDS) {
    app.post(`/v1/${kind}_annotations`, { bodyLimit }, async (request, reply) => {
      const ids = await accept(parts, await itemsOf(request), (item) => readAnnotation(kind, item));
      return sendJson(reply, 200, { data: ids.map((id) => ({ id })) });
    });
    app.post(`/v1/${kind}_notes`, { bodyLimit }, async (request, reply) => {
      const [id] = await accept(parts, await itemsOf(request), (item) => readNote(kind, item));
      return sendJson(reply, 200, { data: { id } });
    });
  }

  app.post(SPANS_PATH, { bodyLimit }, async (request, reply) => {
    const project = projectOf((request.params as Fields).project);
    const spans = await itemsOf(request);
    const patches = spans.map((span) => valid(span, (fields) => patchOfSpan(fields, project)));
    await parts.acceptPatches(patches satisfies SpanPatch[], patchRequestOf(request));
    return sendJson(reply, 202, { total_received: spans.length, total_queued: patches.length });
  });

  const answerProject = (reply: FastifyReply, name: string) =>
    sendJson(reply, 200, { data: { id: name, name, description: null } });
  app.post('/v1/projects', { bodyLimit }, async (request, reply) => {
    const body = await jsonOf(request);
    return answerProject(reply, projectOf(isFields(body) ? textField(body, 'name') : undefined));
  });
  app.get('/v1/projects/:project', async (request, reply) =>
    answerProject(reply, projectOf((request.params as Fields).project)),
  );

  for (const path of ['/v1/datasets', '/v1/datasets/*', '/v1/prompts', '/v1/prompts/*', '/v1/experiments/*'])
    app.all(path, { bodyLimit }, notSupported);
}

/** The `data` of a body, as a list. @throws ThroughlineError */
async function itemsOf(request: FastifyRequest): Promise<unknown[]> {
  const body = await jsonOf(request);
  const data = isFields(body) ? field(body, 'data') : undefined;
  if (Array.isArray(data)) return data;
  if (isFields(data)) return [data];
  throw new ThroughlineError('malformed-body', `data is ${describe(data)}, expected a list`);
}

/** Phoenix accepts all items of a request or none. @throws ThroughlineError invalid-request */
function valid<Value>(item: unknown, read: (fields: Fields) => Value): Value {
  try {
    if (!isFields(item)) throw new InvalidItem(`the item is ${describe(item)}, expected an object`);
    return read(item);
  } catch (error) {
    if (!(error instanceof InvalidItem)) throw error;
    throw new ThroughlineError('invalid-request', error.message, { cause: error });
  }
}

/** Stores annotations and returns their ids. @throws ThroughlineError */
async function accept(
  parts: PhoenixParts,
  items: readonly unknown[],
  read: (fields: Fields) => Annotation,
): Promise<string[]> {
  const annotations = items.map((item) => valid(item, read));
  const [first] = annotations;
  if (first === undefined) return [];
  const ids = [...new Set(annotations.map(({ targetId }) => targetId))];
  let found = await parts.findTargets(first.kind, ids);
  if (found.length < ids.length) {
    await parts.whenLoaded();
    found = await parts.findTargets(first.kind, ids);
  }
  const targets = new Map(found.map((target) => [target.id, target]));
  const missing = ids.filter((id) => !targets.has(id));
  if (missing.length > 0)
    throw new ThroughlineError(
      'not-found',
      `there is no ${first.kind} with the id ${missing.slice(0, 10).join(', ')}`,
    );
  const scores = new Map<string, GivenScore[]>();
  for (const { kind, targetId, score } of annotations) {
    const { project, traceId } = targets.get(targetId) as AnnotationTarget;
    const given = {
      ...score,
      traceId: kind === 'session' ? '' : traceId,
      spanId: kind === 'span' ? targetId : '',
      sessionId: kind === 'session' ? targetId : '',
    };
    scores.set(project, [...(scores.get(project) ?? []), given]);
  }
  const accepted = await Promise.all(
    [...scores].map(([project, given]) => parts.acceptScores(project, given)),
  );
  return accepted.flat();
}

/** @throws ThroughlineError invalid-project */
function projectOf(name: unknown): string {
  return checkedProject(typeof name === 'string' ? name : '', 'the project');
}

async function notSupported(request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> {
  const [path] = request.url.split('?');
  const detail =
    `Throughline does not have ${request.method} ${path}. It records spans and annotations; datasets, prompts and ` +
    'experiments stay in Phoenix.';
  return sendJson(reply, 404, { detail });
}

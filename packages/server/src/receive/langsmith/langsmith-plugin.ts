import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { ThroughlineError } from '../../errors/errors.ts';
import { disconnectSignal } from '../../http/disconnect-signal.ts';
import { DEFAULT_PROJECT } from '../../project/project-name.ts';
import { projectOfHeaders } from '../../project/project-of-request.ts';
import { describe, type Fields, field, InvalidItem, isFields, textField } from '../sdk-http/field-readers.ts';
import { bytesOf, jsonOf, reserveForJson } from '../sdk-http/sdk-body.ts';
import {
  asSdkEndpoint,
  type ItemError,
  patchRequestOf,
  reportItemErrors,
  type SdkParts,
  sendJson,
} from '../sdk-http/sdk-endpoint.ts';
import { acceptFeedback, type FeedbackParts } from './accept-feedback.ts';
import { splitMultipart } from './multipart.ts';
import { type KnownRun, patchOfRun, type Run } from './patch-of-run.ts';
import { projectRecord } from './project-record.ts';
import { type RunsOfMultipart, runsOfMultipart } from './runs-of-multipart.ts';

export interface LangSmithParts extends SdkParts, FeedbackParts {
  /** A run whose parts arrived recently. */
  readonly findRun: (runId: string) => KnownRun | undefined;
}

/** The response of `/info`. With it, SDKs compress batches and send them as `multipart/form-data`. */
const INFO = {
  version: '0.16.0',
  license_expiration_time: null,
  batch_ingest_config: {
    use_multipart_endpoint: true,
    size_limit: 100,
    size_limit_bytes: 20_971_520,
    scale_up_qsize_trigger: 1000,
    scale_up_nthreads_limit: 16,
    scale_down_nempty_trigger: 4,
  },
  instance_flags: {
    gzip_body_enabled: true,
    zstd_compression_enabled: true,
    dataset_examples_multipart_enabled: true,
  },
};

/** The fields of the response to a feedback. */
const FEEDBACK_FIELDS = ['id', 'run_id', 'key', 'score', 'value', 'comment'] as const;

const NO_TEXTS: ReadonlyMap<string, string> = new Map();

/**
 * The API that LangSmith's SDKs write runs and feedback to. A run is sent when it starts and again when it ends, often in
 * different requests; LangSmith calls the second part a patch. It does not repeat the inputs.
 * Source: langsmith-sdk 0.12 `js/src/client.ts`, `python/langsmith/client.py`.
 */
export async function langSmithPlugin(
  app: FastifyInstance,
  parts: LangSmithParts & { readonly base: string; readonly isWhole: boolean },
): Promise<void> {
  const { base, isWhole, maxBodyBytes: bodyLimit } = parts;
  const recording = new Set(
    ['/runs/multipart', '/runs/batch', '/runs', '/runs/:id'].map((path) => base + path),
  );
  asSdkEndpoint(app, { errorBody: ({ message }) => ({ detail: message }), recording }, parts);

  app.get(`${base}/info`, async (_request, reply) => sendJson(reply, 200, INFO));

  app.post(`${base}/runs/multipart`, { bodyLimit }, async (request, reply) => {
    const split = splitMultipart(bytesOf(request), request.headers['content-type'] ?? '');
    await reserveForJson(
      request,
      split.map(({ bytes }) => bytes),
    );
    return answer(reply, await acceptMultipart(parts, request, reply, runsOfMultipart(split)));
  });

  app.post(`${base}/runs/batch`, { bodyLimit }, async (request, reply) => {
    const body = await jsonOf(request);
    if (!isFields(body))
      throw new ThroughlineError('malformed-body', `the body is ${describe(body)}, expected an object`);
    const runs = [...runsIn(body, 'post', false), ...runsIn(body, 'patch', true)];
    return answer(reply, await acceptRuns(parts, request, runs));
  });

  app.post(`${base}/runs`, { bodyLimit }, async (request, reply) =>
    answer(reply, await acceptOnly(parts, request, readRun(await jsonOf(request), false))),
  );

  app.patch(`${base}/runs/:id`, { bodyLimit }, async (request, reply) => {
    const { id } = request.params as { readonly id: string };
    const body = await jsonOf(request);
    return answer(
      reply,
      await acceptOnly(parts, request, readRun(isFields(body) ? { ...body, id } : body, true)),
    );
  });

  app.post(`${base}/feedback`, { bodyLimit }, async (request, reply) => {
    const feedback = await jsonOf(request);
    if (!isFields(feedback)) throw invalid(`the body is ${describe(feedback)}, expected an object`);
    const [error] = await acceptConnected(parts, request, reply, [feedback]);
    if (error) throw invalid(error.message);
    const stored = FEEDBACK_FIELDS.map((key) => [key, field(feedback, key) ?? null]);
    return sendJson(reply, 200, Object.fromEntries(stored));
  });

  if (!isWhole) return;
  const projectsOf = (request: FastifyRequest, name: unknown) =>
    projectRecord(
      typeof name === 'string' && name !== '' ? name : (projectOfHeaders(request.headers) ?? DEFAULT_PROJECT),
    );
  app.get(`${base}/sessions`, async (request, reply) =>
    sendJson(reply, 200, [projectsOf(request, (request.query as Fields).name)]),
  );
  app.post(`${base}/sessions`, { bodyLimit }, async (request, reply) => {
    const body = await jsonOf(request);
    return sendJson(reply, 200, projectsOf(request, isFields(body) ? field(body, 'name') : undefined));
  });
  app.all(`${base}/*`, { bodyLimit }, async (request, reply) => {
    const [path] = request.url.split('?');
    const detail =
      `Throughline does not have ${request.method} ${path}. It records runs and feedback of LangSmith's SDKs; prompts, ` +
      'datasets and queries stay in LangSmith. Read traces with the API of Throughline.';
    return sendJson(reply, 404, { detail });
  });
}

/** Requests for several runs succeed although some are not valid. LangSmith has no form for that, so it has its own. */
function answer(reply: FastifyReply, errors: readonly ItemError[]): FastifyReply {
  return sendJson(reply, 202, errors.length === 0 ? {} : { errors });
}

/** @throws ThroughlineError invalid-request */
async function acceptOnly(parts: LangSmithParts, request: FastifyRequest, run: Run | ItemError): Promise<[]> {
  const [error] = await acceptRuns(parts, request, [run]);
  if (error) throw invalid(error.message);
  return [];
}

function invalid(message: string): ThroughlineError {
  return new ThroughlineError('invalid-request', message);
}

/** Stores the valid runs and feedback of a multipart request and returns the errors of the rest. */
async function acceptMultipart(
  parts: LangSmithParts,
  request: FastifyRequest,
  reply: FastifyReply,
  { runs, feedback, errors }: RunsOfMultipart,
): Promise<ItemError[]> {
  const early = [...errors, ...(await storeRuns(parts, request, runs))];
  const all = [...early, ...(await acceptConnected(parts, request, reply, feedback))];
  reportItemErrors(parts, request, all);
  return all;
}

/** Stores the valid runs and returns the errors of the others. */
async function acceptRuns(
  parts: LangSmithParts,
  request: FastifyRequest,
  runs: readonly (Run | ItemError)[],
): Promise<ItemError[]> {
  const errors = await storeRuns(parts, request, runs);
  reportItemErrors(parts, request, errors);
  return errors;
}

async function storeRuns(
  parts: LangSmithParts,
  request: FastifyRequest,
  runs: readonly (Run | ItemError)[],
): Promise<ItemError[]> {
  const errors: ItemError[] = [];
  const own = new Map<string, KnownRun>();
  const source = {
    project: projectOfHeaders(request.headers),
    find: (runId: string) => own.get(runId) ?? parts.findRun(runId),
  };
  const patches = runs.flatMap((run) => {
    if ('message' in run) {
      errors.push(run);
      return [];
    }
    try {
      const patch = patchOfRun(run, source);
      own.set(run.id, patch);
      return [patch];
    } catch (error) {
      if (!(error instanceof InvalidItem)) throw error;
      errors.push({ id: run.id, message: error.message });
      return [];
    }
  });
  if (patches.length > 0) await parts.acceptPatches(patches, patchRequestOf(request));
  return errors;
}

/**
 * Stores feedback while the client is connected. The memory of a request is released when its client disconnects, so it must
 * not wait any longer.
 */
async function acceptConnected(
  parts: LangSmithParts,
  request: FastifyRequest,
  reply: FastifyReply,
  given: readonly Fields[],
): Promise<ItemError[]> {
  if (given.length === 0) return [];
  const signal = disconnectSignal(reply);
  try {
    return await acceptFeedback(parts, given, { project: projectOfHeaders(request.headers), signal });
  } catch (error) {
    if (!signal.aborted) throw error;
    throw new ThroughlineError('malformed-body', 'the client disconnected before its feedback was stored', {
      cause: error,
    });
  }
}

function runsIn(body: Fields, key: string, isPatch: boolean): (Run | ItemError)[] {
  const list = field(body, key);
  if (list === undefined) return [];
  if (!Array.isArray(list))
    throw new ThroughlineError('malformed-body', `${key} is ${describe(list)}, expected a list of runs`);
  return list.map((run) => readRun(run, isPatch));
}

function readRun(run: unknown, isPatch: boolean): Run | ItemError {
  if (!isFields(run)) return { id: '', message: `the run is ${describe(run)}, expected an object` };
  const id = textField(run, 'id');
  if (id === undefined) return { id: '', message: 'id is missing' };
  return { isPatch, id, fields: run, texts: NO_TEXTS, attachments: [] };
}

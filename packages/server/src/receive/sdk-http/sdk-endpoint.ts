import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { ThroughlineError } from '../../errors/errors.ts';
import type { AcceptScores } from '../../ingest/accept-scores.ts';
import type { AcceptPatches, PatchRequest } from '../../ingest/patches/accept-patches.ts';
import type { IngestProblems } from '../../ingest/problems/ingest-problems.ts';
import { validProjectOfHeaders } from '../../project/project-of-request.ts';
import type { OnAnswered } from '../answered-request.ts';
import { toThroughlineError } from '../throughline-error-of.ts';
import { bytesOf, readBodiesAsBytes } from './sdk-body.ts';

/** What the endpoints of all SDKs are made of. */
export interface SdkParts {
  readonly acceptPatches: AcceptPatches;
  readonly acceptScores: AcceptScores;
  /** Maximum size of a body, before and after decompression. */
  readonly maxBodyBytes: number;
  readonly onAnswered?: OnAnswered;
  readonly recordProblem: IngestProblems['record'];
  readonly now: () => bigint;
}

/** One item of a request that is not stored, although the others are. */
export interface ItemError {
  readonly id: string;
  readonly message: string;
}

export interface SdkEndpoint {
  /** Formats an error as the SDK expects it. */
  readonly errorBody: (error: ThroughlineError) => unknown;
  /** Routes that record spans. Their requests are counted. */
  readonly recording: ReadonlySet<string>;
}

/** Prepares a plugin with the routes of an SDK: how bodies are read, how errors are reported, and what is counted. */
export function asSdkEndpoint(
  app: FastifyInstance,
  { errorBody, recording }: SdkEndpoint,
  { onAnswered = () => {} }: SdkParts,
): void {
  readBodiesAsBytes(app);
  const isRecording = (request: FastifyRequest) => recording.has(request.routeOptions.url ?? '');
  const answered = { signal: 'otlp-traces', transport: 'http' } as const;
  app.setErrorHandler((error, request, reply) => {
    const known = toThroughlineError(error);
    if (known.status >= 500 && !known.retryable)
      request.log.error({ err: known.cause ?? known }, 'a request of an SDK failed');
    const isGone = request.raw.readableAborted || reply.raw.destroyed;
    if (known.code === 'too-slow') reply.header('connection', 'close');
    if (known.retryAfterSeconds !== undefined) reply.header('retry-after', String(known.retryAfterSeconds));
    if (isRecording(request))
      onAnswered({
        ...answered,
        status: isGone ? 'aborted' : String(known.status),
        ...(!isGone && { error: known }),
        userAgent: request.headers['user-agent'],
      });
    return sendJson(reply, known.status, errorBody(known));
  });
  app.addHook('onResponse', async (request, reply) => {
    if (isRecording(request) && reply.statusCode < 400)
      onAnswered({ ...answered, status: String(reply.statusCode) });
  });
}

export function sendJson(reply: FastifyReply, status: number, body: unknown): FastifyReply {
  return reply
    .code(status)
    .header('cache-control', 'no-store')
    .type('application/json; charset=utf-8')
    .serializer(JSON.stringify)
    .send(body);
}

/** Counts items that are not stored, for the list of problems. */
export function reportItemErrors(
  { recordProblem, now }: Pick<SdkParts, 'recordProblem' | 'now'>,
  request: FastifyRequest,
  errors: readonly Pick<ItemError, 'message'>[],
): void {
  const [first] = errors;
  if (first === undefined) return;
  recordProblem({
    project: validProjectOfHeaders(request.headers),
    signal: 'otlp-traces',
    reason: 'malformed',
    count: errors.length,
    sample: {
      message: first.message,
      timeUnixNano: now(),
      name: undefined,
      sdk: undefined,
      userAgent: request.headers['user-agent'],
    },
  });
}

/** Data of a request for {@link AcceptPatches}. */
export function patchRequestOf(request: FastifyRequest): PatchRequest {
  return {
    userAgent: request.headers['user-agent'],
    group: request.admitted?.group,
    reservation: request.admitted?.reservation,
    bodyBytes: bytesOf(request).length,
  };
}

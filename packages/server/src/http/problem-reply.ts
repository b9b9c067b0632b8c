import type { FastifyError, FastifyReply, FastifyRequest } from 'fastify';
import { hasZodFastifySchemaValidationErrors } from 'fastify-type-provider-zod';
import { QueryError, type QueryErrorReason } from '../clickhouse/query-error.ts';
import { type ErrorCode, ThroughlineError, toProblem } from '../errors/errors.ts';

interface Failure {
  readonly code: ErrorCode;
  readonly detail: string;
}

const UNKNOWN_FAILURE: Failure = { code: 'internal', detail: 'The log of the server contains the cause.' };

/** Responses for failed queries. They do not reveal the SQL. */
const QUERY_FAILURES: Readonly<Record<QueryErrorReason, Failure>> = {
  timeout: { code: 'query-too-large', detail: 'The query reached its time limit.' },
  memory: { code: 'query-too-large', detail: 'The query reached its memory limit.' },
  'too-many-rows': { code: 'query-too-large', detail: 'The query reached its limit of rows.' },
  // Only loads can fail with this reason.
  'too-many-partitions': UNKNOWN_FAILURE,
  busy: { code: 'overloaded', detail: 'Too many queries are waiting.' },
  // The client has disconnected, so this response is not read.
  aborted: UNKNOWN_FAILURE,
  closed: { code: 'shutting-down', detail: 'The server is stopping.' },
  unavailable: { code: 'store-unavailable', detail: 'The store cannot be reached.' },
  other: UNKNOWN_FAILURE,
};

/** Sends a problem document (RFC 9457). `detail` states what was found and what was expected. */
export function sendProblem(reply: FastifyReply, code: ErrorCode, detail: string): FastifyReply {
  return sendError(reply, new ThroughlineError(code, detail));
}

function sendError(reply: FastifyReply, error: ThroughlineError): FastifyReply {
  const problem = toProblem(error.code, error.message);
  if (error.retryAfterSeconds !== undefined) reply.header('retry-after', error.retryAfterSeconds);
  return reply
    .code(problem.status)
    .header('cache-control', 'no-store')
    .type('application/problem+json')
    .serializer(JSON.stringify)
    .send(problem);
}

/** The error handler of all routes under `/api`. */
export function replyWithProblem(
  error: FastifyError | Error,
  request: FastifyRequest,
  reply: FastifyReply,
): FastifyReply {
  if (error instanceof ThroughlineError) {
    // The rest of the body would arrive too slowly as well.
    if (error.code === 'too-slow') reply.header('connection', 'close');
    return sendError(reply, error);
  }
  if (hasZodFastifySchemaValidationErrors(error)) {
    const details = error.validation.map(({ instancePath, message }) => {
      const field = instancePath.replace(/^\//, '').replaceAll('/', '.');
      return field ? `${field}: ${message}` : (message ?? 'not valid');
    });
    return sendProblem(reply, 'invalid-request', details.join('; '));
  }
  const { code, detail } =
    error instanceof QueryError ? QUERY_FAILURES[error.reason] : frameworkFailure(error);
  // Users who click quickly abort most requests; that is not an error.
  const level = error instanceof QueryError && error.reason === 'aborted' ? 'debug' : 'error';
  if (code === 'internal') {
    // Without the query string: a filter may quote what people wrote.
    const [path] = request.url.split('?');
    request.log[level]({ err: error, path }, 'a request failed');
  }
  return sendProblem(reply, code, detail);
}

function frameworkFailure(error: FastifyError | Error): Failure {
  const status = 'statusCode' in error ? (error.statusCode ?? 500) : 500;
  const detail = error.message;
  if (status === 413) return { code: 'body-too-large', detail };
  if (status === 415) return { code: 'unsupported-content-type', detail };
  return status >= 400 && status < 500 ? { code: 'invalid-request', detail } : UNKNOWN_FAILURE;
}

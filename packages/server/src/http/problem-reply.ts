import type { FastifyError, FastifyReply, FastifyRequest } from 'fastify';
import { hasZodFastifySchemaValidationErrors } from 'fastify-type-provider-zod';
import { QueryError, type QueryErrorReason } from '../clickhouse/query-error.ts';
import { type ErrorCode, ThroughlineError, toProblem } from '../errors/errors.ts';

const CODE_BY_REASON: Readonly<Record<QueryErrorReason, ErrorCode>> = {
  timeout: 'query-too-large',
  memory: 'query-too-large',
  'too-many-rows': 'query-too-large',
  busy: 'overloaded',
  // Nobody is there to read it.
  aborted: 'internal',
  closed: 'shutting-down',
  unavailable: 'store-unavailable',
  other: 'internal',
};

const DETAIL_BY_CODE: Partial<Record<ErrorCode, string>> = {
  'query-too-large': 'Choose a shorter time range (from, to) or a narrower filter.',
  overloaded: 'Too many queries are waiting. Try again in a moment.',
  'shutting-down': 'The server is stopping.',
  'store-unavailable':
    'The store cannot be reached. What is sent meanwhile is kept and readable once it is back.',
  internal: 'The log of the server has the cause.',
};

const RETRY_AFTER_SECONDS: Partial<Record<ErrorCode, number>> = { overloaded: 1, 'store-unavailable': 10 };

/** RFC 9457. `detail` says what was found, what was expected, and nothing of SQL. */
export function sendProblem(reply: FastifyReply, code: ErrorCode, detail: string): FastifyReply {
  const problem = toProblem(code, detail);
  return reply
    .code(problem.status)
    .header('cache-control', 'no-store')
    .type('application/problem+json')
    .serializer(JSON.stringify)
    .send(problem);
}

/** The error handler of everything under `/api`. */
export function replyWithProblem(
  error: FastifyError | Error,
  request: FastifyRequest,
  reply: FastifyReply,
): FastifyReply {
  if (error instanceof ThroughlineError) {
    if (error.retryAfterSeconds !== undefined) reply.header('retry-after', error.retryAfterSeconds);
    return sendProblem(reply, error.code, error.message);
  }
  if (hasZodFastifySchemaValidationErrors(error)) {
    const details = error.validation.map(({ instancePath, message }) => {
      const field = instancePath.replace(/^\//, '').replaceAll('/', '.');
      return field ? `${field}: ${message}` : (message ?? 'not valid');
    });
    return sendProblem(reply, 'invalid-request', details.join('; '));
  }
  const code = error instanceof QueryError ? CODE_BY_REASON[error.reason] : codeOfFrameworkError(error);
  // Who walks quickly through traces leaves most requests before they are answered.
  const level = error instanceof QueryError && error.reason === 'aborted' ? 'debug' : 'error';
  if (code === 'internal') request.log[level]({ err: error, url: request.url }, 'a request failed');
  const retryAfter = RETRY_AFTER_SECONDS[code];
  if (retryAfter !== undefined) reply.header('retry-after', retryAfter);
  return sendProblem(reply, code, DETAIL_BY_CODE[code] ?? error.message);
}

function codeOfFrameworkError(error: FastifyError | Error): ErrorCode {
  const status = 'statusCode' in error ? (error.statusCode ?? 500) : 500;
  if (status === 413) return 'body-too-large';
  if (status === 415) return 'unsupported-content-type';
  return status >= 400 && status < 500 ? 'invalid-request' : 'internal';
}

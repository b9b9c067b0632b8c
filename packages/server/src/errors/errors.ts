import type { GrpcCodeName } from './grpc-code.ts';
import { type RetryAfter, retryAfterSeconds } from './retry-after.ts';

/** One error that the server can return. HTTP, gRPC, the API, the web application and the docs all use this row. */
interface ErrorRow {
  readonly httpStatus: number;
  readonly grpcCode: GrpcCodeName;
  readonly title: string;
  /** When the unchanged request can be sent again. Absent if it would fail again. */
  readonly retryAfter?: RetryAfter;
  /** What the client or its user can do. */
  readonly advice: string;
}

/**
 * OpenTelemetry's exporter in JavaScript makes at most six attempts within ten seconds. With longer or shorter waits it
 * drops its spans.
 */
const SOON: RetryAfter = { minSeconds: 1, maxSeconds: 3 };
/** A full journal may have room as soon as the store is back; longer waits make exporters drop their data. */
const AFTER_THE_LOADER: RetryAfter = { minSeconds: 2, maxSeconds: 3 };
const RECONNECTED: RetryAfter = { minSeconds: 10, maxSeconds: 10 };

const EXPORTERS_RETRY = 'Wait a moment, then try again. Most exporters do so by themselves.';

/** All errors by code. Codes are part of the public API and do not change; `docs/errors.md` explains each one. */
const ROWS = {
  'invalid-request': {
    httpStatus: 400,
    grpcCode: 'INVALID_ARGUMENT',
    title: 'The request is not valid',
    advice: 'Correct the field that the message names.',
  },
  'invalid-filter': {
    httpStatus: 400,
    grpcCode: 'INVALID_ARGUMENT',
    title: 'The filter is not valid',
    advice: 'Correct the filter at the position that the message names.',
  },
  'invalid-sql': {
    httpStatus: 400,
    grpcCode: 'INVALID_ARGUMENT',
    title: 'The SQL statement is not valid or not allowed',
    advice: 'Correct the statement as the message says. Only SELECT on the tables of the project is allowed.',
  },
  'invalid-cursor': {
    httpStatus: 400,
    grpcCode: 'INVALID_ARGUMENT',
    title: 'The cursor is not valid',
    advice: 'Start again without a cursor.',
  },
  'invalid-project': {
    httpStatus: 400,
    grpcCode: 'INVALID_ARGUMENT',
    title: 'The project name is not valid',
    advice: 'Use a name of 1 to 128 printable characters.',
  },
  'malformed-body': {
    httpStatus: 400,
    grpcCode: 'INVALID_ARGUMENT',
    title: 'The body cannot be decoded',
    advice: 'Check that the body matches its content type and content encoding.',
  },
  unauthorized: {
    httpStatus: 401,
    grpcCode: 'UNAUTHENTICATED',
    title: 'The request has no valid API key',
    advice:
      'Send the API key that the server was started with. In a browser, load the page again and enter it.',
  },
  forbidden: {
    httpStatus: 403,
    grpcCode: 'PERMISSION_DENIED',
    title: 'The request is not allowed',
    advice: 'Call the server by an address that it accepts, and not from a page of another site.',
  },
  'share-links-disabled': {
    httpStatus: 403,
    grpcCode: 'PERMISSION_DENIED',
    title: 'Public links are turned off',
    advice: 'Start the server with --share-links or THROUGHLINE_SHARE_LINKS=true.',
  },
  'not-found': {
    httpStatus: 404,
    grpcCode: 'UNIMPLEMENTED',
    title: 'There is nothing at this address',
    advice: 'Check the address.',
  },
  'trace-not-found': {
    httpStatus: 404,
    grpcCode: 'NOT_FOUND',
    title: 'The trace does not exist',
    advice:
      'Check the id and the project. New traces are readable about a second after they are acknowledged.',
  },
  'span-not-found': {
    httpStatus: 404,
    grpcCode: 'NOT_FOUND',
    title: 'The span does not exist',
    advice: 'Check the id. New spans are readable about a second after they are acknowledged.',
  },
  'session-not-found': {
    httpStatus: 404,
    grpcCode: 'NOT_FOUND',
    title: 'The session does not exist',
    advice:
      'Check the id and the project. New traces are readable about a second after they are acknowledged.',
  },
  'user-not-found': {
    httpStatus: 404,
    grpcCode: 'NOT_FOUND',
    title: 'The user does not exist',
    advice:
      'Check the id and the project. New traces are readable about a second after they are acknowledged.',
  },
  'view-not-found': {
    httpStatus: 404,
    grpcCode: 'NOT_FOUND',
    title: 'The saved view does not exist',
    advice: 'Check the id and the project. Somebody may have deleted the view.',
  },
  'reprice-job-not-found': {
    httpStatus: 404,
    grpcCode: 'NOT_FOUND',
    title: 'The run does not exist',
    advice: 'Check the id and the project. Only the latest 50 runs of a project are kept.',
  },
  'price-not-found': {
    httpStatus: 404,
    grpcCode: 'NOT_FOUND',
    title: 'The price does not exist',
    advice: 'Check the id and the project. Somebody may have deleted the price.',
  },
  'share-link-not-found': {
    httpStatus: 404,
    grpcCode: 'NOT_FOUND',
    title: 'The link does not work',
    advice: 'Ask the person who sent it for a new one.',
  },
  'method-not-allowed': {
    httpStatus: 405,
    grpcCode: 'UNIMPLEMENTED',
    title: 'The method is not allowed here',
    advice: 'Use a method that the address supports.',
  },
  'not-acceptable': {
    httpStatus: 406,
    grpcCode: 'INVALID_ARGUMENT',
    title: 'The response has no such format',
    advice: 'Send a different Accept header, or leave it out.',
  },
  'too-slow': {
    httpStatus: 408,
    grpcCode: 'DEADLINE_EXCEEDED',
    title: 'The request arrives too slowly',
    advice: 'Send smaller batches, or use a faster connection: 16 KiB a second are enough.',
  },
  'view-exists': {
    httpStatus: 409,
    grpcCode: 'ALREADY_EXISTS',
    title: 'A view with this name exists',
    advice: 'Choose a different name, or change the existing view.',
  },
  'too-many-views': {
    httpStatus: 409,
    grpcCode: 'RESOURCE_EXHAUSTED',
    title: 'The project has too many saved views',
    advice: 'Delete views that nobody needs.',
  },
  'reprice-running': {
    httpStatus: 409,
    grpcCode: 'ALREADY_EXISTS',
    title: 'Costs of this project are being computed again already',
    advice: 'Wait until that has finished, or cancel it.',
  },
  'price-exists': {
    httpStatus: 409,
    grpcCode: 'ALREADY_EXISTS',
    title: 'A price for this model with this start exists',
    advice: 'Change the existing price, or choose another start.',
  },
  'too-many-prices': {
    httpStatus: 409,
    grpcCode: 'RESOURCE_EXHAUSTED',
    title: 'The project has too many prices',
    advice: 'Delete prices that nobody needs, or use a pattern such as gpt-4o* for several models.',
  },
  'too-many-share-links': {
    httpStatus: 409,
    grpcCode: 'RESOURCE_EXHAUSTED',
    title: 'The project has too many public links',
    advice: 'Delete links that nobody needs.',
  },
  'body-too-large': {
    httpStatus: 413,
    grpcCode: 'RESOURCE_EXHAUSTED',
    title: 'The body is too large',
    advice: 'Send smaller batches, or raise the limit with THROUGHLINE_MAX_BODY_BYTES.',
  },
  'unsupported-content-type': {
    httpStatus: 415,
    grpcCode: 'INVALID_ARGUMENT',
    title: 'The content type is not supported',
    advice:
      'Send OTLP as application/x-protobuf or application/json, and everything else as application/json.',
  },
  'unsupported-content-encoding': {
    httpStatus: 415,
    grpcCode: 'UNIMPLEMENTED',
    title: 'The content encoding is not supported',
    advice: 'Use gzip, deflate, zstd or no compression.',
  },
  'query-too-large': {
    httpStatus: 422,
    grpcCode: 'RESOURCE_EXHAUSTED',
    title: 'The query needs too much memory or time',
    advice: 'Choose a shorter time range or a narrower filter.',
  },
  overloaded: {
    httpStatus: 429,
    grpcCode: 'UNAVAILABLE',
    title: 'The server has more requests than it can hold',
    retryAfter: SOON,
    advice: EXPORTERS_RETRY,
  },
  'too-many-streams': {
    httpStatus: 429,
    grpcCode: 'UNAVAILABLE',
    title: 'Too many live streams are open',
    retryAfter: { minSeconds: 10, maxSeconds: 20 },
    advice: 'Close other pages with a live list, or raise the limit with THROUGHLINE_MAX_LIVE_STREAMS.',
  },
  internal: {
    httpStatus: 500,
    grpcCode: 'INTERNAL',
    title: 'The server failed',
    advice: 'This is a defect. The log of the server contains the cause; please report it.',
  },
  'journal-full': {
    httpStatus: 503,
    grpcCode: 'UNAVAILABLE',
    title: 'The journal has reached its disk budget',
    retryAfter: AFTER_THE_LOADER,
    advice: `${EXPORTERS_RETRY} If this continues, the log of the server contains the reason why the store does not accept data.`,
  },
  'journal-unavailable': {
    httpStatus: 503,
    grpcCode: 'UNAVAILABLE',
    title: 'The journal cannot be written',
    retryAfter: AFTER_THE_LOADER,
    advice: `${EXPORTERS_RETRY} If this continues, check the disk of the server.`,
  },
  'store-unavailable': {
    httpStatus: 503,
    grpcCode: 'UNAVAILABLE',
    title: 'The store cannot be reached',
    retryAfter: RECONNECTED,
    advice: 'Data is still accepted and kept on disk; it is readable once the store is back.',
  },
  'relational-unavailable': {
    httpStatus: 503,
    grpcCode: 'UNAVAILABLE',
    title: 'The relational store cannot be used',
    retryAfter: RECONNECTED,
    advice:
      'Saved views, links and prices cannot be read or changed until the database is back. Traces are received and can be read.',
  },
  'shutting-down': {
    httpStatus: 503,
    grpcCode: 'UNAVAILABLE',
    title: 'The server is shutting down',
    retryAfter: SOON,
    advice: EXPORTERS_RETRY,
  },
} as const satisfies Record<string, ErrorRow>;

export type ErrorCode = keyof typeof ROWS;

export const ERRORS: Readonly<Record<ErrorCode, ErrorRow>> = ROWS;

export const ERROR_CODES = Object.keys(ROWS) as ErrorCode[];

/** An error with a row in {@link ERRORS}. The message states what was found and what was expected. */
export class ThroughlineError extends Error {
  override readonly name = 'ThroughlineError';
  readonly code: ErrorCode;
  /** Seconds to wait before trying again, drawn from the range of the code. Undefined if the same request would fail again. */
  readonly retryAfterSeconds: number | undefined;

  constructor(code: ErrorCode, message: string, options: { readonly cause?: unknown } = {}) {
    super(message, 'cause' in options ? { cause: options.cause } : {});
    this.code = code;
    const { retryAfter } = ERRORS[code];
    this.retryAfterSeconds = retryAfter && retryAfterSeconds(retryAfter);
  }

  get status(): number {
    return ERRORS[this.code].httpStatus;
  }

  /** True if the same request can succeed later without being changed. */
  get retryable(): boolean {
    return this.retryAfterSeconds !== undefined;
  }
}

/** RFC 9457 problem details, media type `application/problem+json`. The result has the shape of `problem` in `contract/problem.ts`. */
export function toProblem(code: ErrorCode, detail: string) {
  const { httpStatus, title, advice } = ERRORS[code];
  return { type: `/docs/errors#${code}`, title, status: httpStatus, code, detail, advice };
}

/**
 * Every error the server answers with: its code, HTTP status, title, and whether the same request may succeed later.
 * `docs/errors.md` explains each code; a test keeps the two lists equal.
 */

interface ErrorRow {
  readonly status: number;
  readonly title: string;
  /** True where the same request can succeed later without being changed. */
  readonly retryable: boolean;
}

const ROWS = {
  'invalid-request': { status: 400, title: 'The request is not valid', retryable: false },
  'invalid-filter': { status: 400, title: 'The filter is not valid', retryable: false },
  'invalid-cursor': { status: 400, title: 'The cursor is not valid', retryable: false },
  'invalid-project': { status: 400, title: 'The project name is not valid', retryable: false },
  'malformed-body': { status: 400, title: 'The body cannot be decoded', retryable: false },
  forbidden: { status: 403, title: 'The request is not allowed', retryable: false },
  'not-found': { status: 404, title: 'There is nothing at this address', retryable: false },
  'trace-not-found': { status: 404, title: 'The trace does not exist', retryable: false },
  'span-not-found': { status: 404, title: 'The span does not exist', retryable: false },
  'method-not-allowed': { status: 405, title: 'The method is not allowed here', retryable: false },
  'not-acceptable': { status: 406, title: 'The answer has no such format', retryable: false },
  'too-slow': { status: 408, title: 'The request arrives too slowly', retryable: false },
  'body-too-large': { status: 413, title: 'The body is too large', retryable: false },
  'unsupported-content-type': { status: 415, title: 'The content type is not supported', retryable: false },
  'unsupported-content-encoding': {
    status: 415,
    title: 'The content encoding is not supported',
    retryable: false,
  },
  'query-too-large': { status: 422, title: 'The query needs too much memory or time', retryable: false },
  overloaded: { status: 429, title: 'The server has more requests than it can hold', retryable: true },
  internal: { status: 500, title: 'The server failed', retryable: false },
  'journal-full': { status: 503, title: 'The journal has reached its disk budget', retryable: true },
  'journal-unavailable': { status: 503, title: 'The journal cannot be written', retryable: true },
  'store-unavailable': { status: 503, title: 'The store cannot be reached', retryable: true },
  'shutting-down': { status: 503, title: 'The server is shutting down', retryable: true },
} as const satisfies Record<string, ErrorRow>;

export type ErrorCode = keyof typeof ROWS;

export const ERRORS: Readonly<Record<ErrorCode, ErrorRow>> = ROWS;

/** An error with a row in {@link ERRORS}. The message says what was found and what was expected. */
export class ThroughlineError extends Error {
  override readonly name = 'ThroughlineError';
  readonly code: ErrorCode;
  /** When to try again; sent as `Retry-After`. */
  readonly retryAfterSeconds: number | undefined;

  constructor(
    code: ErrorCode,
    message: string,
    options: { readonly cause?: unknown; readonly retryAfterSeconds?: number } = {},
  ) {
    super(message, 'cause' in options ? { cause: options.cause } : {});
    this.code = code;
    this.retryAfterSeconds = options.retryAfterSeconds;
  }

  get status(): number {
    return ERRORS[this.code].status;
  }

  get retryable(): boolean {
    return ERRORS[this.code].retryable;
  }
}

/** RFC 9457 problem details, media type `application/problem+json`. The shape of `problem` in `contract/problem.ts`. */
export function toProblem(code: ErrorCode, detail: string) {
  const { status, title } = ERRORS[code];
  return { type: `/docs/errors.md#${code}`, title, status, code, detail };
}

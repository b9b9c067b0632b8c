import type { ErrorCode, Problem } from './types.ts';

/** Failures detected in the browser: the server cannot be reached, or the response does not come from the API. */
export type ClientErrorCode = 'unreachable' | 'unreadable';

/** What the user can do about each failure. Errors from the server include their own advice. */
const CLIENT_ADVICE: Readonly<Record<ClientErrorCode, string>> = {
  unreachable:
    'Start it with “npx throughline start”, then try again. Traces that were recorded before are still on disk.',
  unreadable:
    'Check that this is the address of a Throughline server, and that no proxy changes its responses.',
};

interface ApiErrorParts {
  readonly code: ErrorCode | ClientErrorCode;
  /** HTTP status; 0 if there was no response. */
  readonly status: number;
  readonly title: string;
  readonly detail: string;
  readonly advice: string;
  /** Address of the page that explains the code; absent for a `ClientErrorCode`. */
  readonly page?: string;
  readonly cause?: unknown;
}

/** Why a request failed. The server's codes are explained in `docs/errors.md`. */
export class ApiError extends Error {
  readonly code: ErrorCode | ClientErrorCode;
  readonly status: number;
  readonly detail: string;
  readonly advice: string;
  readonly page: string | undefined;

  constructor({ code, status, title, detail, advice, page, cause }: ApiErrorParts) {
    super(title, { cause });
    this.name = 'ApiError';
    this.code = code;
    this.status = status;
    this.detail = detail;
    this.advice = advice;
    this.page = page;
  }
}

/** Creates an error for a failure that was detected in the browser. */
export function clientError(
  code: ClientErrorCode,
  error: {
    readonly status: number;
    readonly title: string;
    readonly detail: string;
    readonly cause?: unknown;
  },
): ApiError {
  return new ApiError({ code, advice: CLIENT_ADVICE[code], ...error });
}

/** Converts problem details (RFC 9457) to an error. Any other body results in the code `unreadable`. */
export function toApiError(status: number, body: unknown): ApiError {
  return isProblem(body)
    ? new ApiError({ ...body, status, page: body.type })
    : clientError('unreadable', { status, title: `The server responded with HTTP ${status}`, detail: '' });
}

function isProblem(body: unknown): body is Problem {
  if (typeof body !== 'object' || body === null) return false;
  const members = body as Readonly<Record<string, unknown>>;
  return ['code', 'title', 'detail', 'advice'].every((name) => typeof members[name] === 'string');
}

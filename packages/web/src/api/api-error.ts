import type { ErrorCode, Problem } from './types.ts';

/** Failures that the browser finds itself: nothing answered, or the response is not one of the API. */
export type ClientErrorCode = 'unreachable' | 'unreadable';

/** What to do about each failure that the browser finds. Errors of the server bring their own advice. */
const CLIENT_ADVICE: Readonly<Record<ClientErrorCode, string>> = {
  unreachable:
    'Start it with `npx throughline`, then try again. What was on the screen before is still on disk.',
  unreadable: 'Check that a Throughline server answers at this address, and no proxy in front of it.',
};

interface ApiErrorParts {
  readonly code: ErrorCode | ClientErrorCode;
  /** HTTP status; 0 if nothing answered. */
  readonly status: number;
  readonly title: string;
  readonly detail: string;
  readonly advice: string;
  /** Address of the page that explains the code. Absent: the code is one of the browser. */
  readonly page?: string;
  readonly cause?: unknown;
}

/** Why a request failed. The codes of the server are explained in `docs/errors.md`. */
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

/** An error with a code of the browser. */
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

/** Reads problem details (RFC 9457). Any other body becomes `unreadable`. */
export function toApiError(status: number, body: unknown): ApiError {
  return isProblem(body)
    ? new ApiError({ ...body, status, page: body.type })
    : clientError('unreadable', { status, title: `The server answered HTTP ${status}`, detail: '' });
}

function isProblem(body: unknown): body is Problem {
  if (typeof body !== 'object' || body === null) return false;
  const members = body as Readonly<Record<string, unknown>>;
  return ['code', 'title', 'detail', 'advice'].every((name) => typeof members[name] === 'string');
}

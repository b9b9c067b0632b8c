/**
 * Why a request has no answer. `code` is the server's own (`docs/errors.md`), or `unreachable` where nothing answered
 * and `unreadable` where the answer was not the API's.
 */
export class ApiError extends Error {
  readonly code: string;
  /** 0 where nothing answered. */
  readonly status: number;
  readonly detail: string;

  constructor(code: string, status: number, title: string, detail: string, cause?: unknown) {
    super(title, { cause });
    this.name = 'ApiError';
    this.code = code;
    this.status = status;
    this.detail = detail;
  }
}

/** Reads problem details (RFC 9457); whatever else came becomes `unreadable`. */
export function toApiError(status: number, body: unknown): ApiError {
  if (typeof body === 'object' && body !== null && 'code' in body && typeof body.code === 'string') {
    const problem = body as { code: string; title?: unknown; detail?: unknown };
    return new ApiError(
      problem.code,
      status,
      typeof problem.title === 'string' ? problem.title : `HTTP ${status}`,
      typeof problem.detail === 'string' ? problem.detail : '',
    );
  }
  return new ApiError('unreadable', status, `The server answered HTTP ${status}`, '');
}

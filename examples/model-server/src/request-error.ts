/** An error response. Each provider's own file converts it to that provider's format. */
export class RequestError extends Error {
  readonly status: number;
  /** The invalid field of the request. */
  readonly param: string | null;
  readonly code: string | null;
  readonly retryAfterSeconds: number | undefined;

  constructor(
    status: number,
    message: string,
    details: { param?: string; code?: string; retryAfterSeconds?: number | undefined } = {},
  ) {
    super(message);
    this.name = 'RequestError';
    this.status = status;
    this.param = details.param ?? null;
    this.code = details.code ?? null;
    this.retryAfterSeconds = details.retryAfterSeconds;
  }
}

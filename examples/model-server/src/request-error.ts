/** A request that is refused. The provider's own file gives it that provider's shape. */
export class RequestError extends Error {
  readonly status: number;
  /** The field of the request that is at fault. */
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

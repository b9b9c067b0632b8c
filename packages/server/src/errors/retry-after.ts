/** When a client that was refused may send the request again. */
export interface RetryAfter {
  readonly minSeconds: number;
  readonly maxSeconds: number;
}

/**
 * Value for `Retry-After`: a random whole number of seconds in the range, so that clients that were refused together do
 * not return together.
 *
 * OpenTelemetry exporters have ten seconds for an export with all its attempts. The one for HTTP in JavaScript drops the
 * export at once if the wait does not fit into the remaining time.
 */
export function retryAfterSeconds({ minSeconds, maxSeconds }: RetryAfter): number {
  return minSeconds + Math.floor(Math.random() * (maxSeconds - minSeconds + 1));
}

/** When a client may repeat a rejected request. */
export interface RetryAfter {
  readonly minSeconds: number;
  readonly maxSeconds: number;
}

/**
 * Value for `Retry-After`: a random whole number of seconds in the range, so that clients that were rejected together do
 * not return together.
 *
 * OpenTelemetry exporters have ten seconds for an export with all its attempts. The JavaScript exporter for HTTP drops
 * the export at once if the wait does not fit into the remaining time.
 */
export function retryAfterSeconds({ minSeconds, maxSeconds }: RetryAfter): number {
  return minSeconds + Math.floor(Math.random() * (maxSeconds - minSeconds + 1));
}

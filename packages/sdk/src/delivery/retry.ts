/** The result of one request. */
export type SendResult =
  | { readonly outcome: 'accepted'; readonly body: Uint8Array | undefined; readonly contentType: string }
  /** `afterMs`: the delay that the server requires. If undefined, `backoffMs` decides. */
  | { readonly outcome: 'retry'; readonly reason: string; readonly afterMs?: number | undefined }
  | { readonly outcome: 'refused'; readonly reason: string; readonly status: number };

const RETRYABLE_STATUS: ReadonlySet<number> = new Set([408, 425, 429, 500, 502, 503, 504]);
const FIRST_BACKOFF_MS = 500;
const MAX_BACKOFF_MS = 30_000;
/** Bounds Retry-After, so that a server cannot stop the delivery for hours. */
const MAX_RETRY_AFTER_MS = 60_000;

export function resultOf(
  status: number,
  retryAfter: string | undefined,
  body: Uint8Array | undefined,
  contentType: string,
  nowMs: number,
): SendResult {
  if (status >= 200 && status < 300) return { outcome: 'accepted', body, contentType };
  if (!RETRYABLE_STATUS.has(status)) return { outcome: 'refused', reason: `HTTP ${status}`, status };
  return { outcome: 'retry', reason: `HTTP ${status}`, afterMs: parseRetryAfter(retryAfter, nowMs) };
}

/** Parses seconds or an HTTP date to milliseconds from now, at most one minute. Undefined if the text is neither. */
export function parseRetryAfter(text: string | undefined, nowMs: number): number | undefined {
  if (text === undefined || text.trim() === '') return undefined;
  const ms = /^\d+(\.\d+)?$/.test(text.trim()) ? Number(text) * 1000 : Date.parse(text) - nowMs;
  return Number.isNaN(ms) ? undefined : Math.min(Math.max(0, ms), MAX_RETRY_AFTER_MS);
}

/**
 * Delay before the next attempt. It doubles with each consecutive failure up to 30 seconds and is jittered to between
 * half and all of that, so that many clients do not retry at the same time.
 *
 * @param random A random number from 0 to 1.
 */
export function backoffMs(failures: number, random: number): number {
  const full = Math.min(FIRST_BACKOFF_MS * 2 ** Math.min(failures - 1, 20), MAX_BACKOFF_MS);
  return full / 2 + (full / 2) * random;
}

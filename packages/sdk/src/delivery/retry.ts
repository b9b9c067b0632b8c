/** What became of one request. */
export type SendResult =
  | { readonly outcome: 'accepted'; readonly body: Uint8Array | undefined; readonly contentType: string }
  /** `afterMs`: what the server asked for; absent where the back-off decides. */
  | { readonly outcome: 'retry'; readonly reason: string; readonly afterMs?: number | undefined }
  | { readonly outcome: 'refused'; readonly reason: string; readonly status: number };

const RETRYABLE_STATUS: ReadonlySet<number> = new Set([408, 425, 429, 500, 502, 503, 504]);
const FIRST_BACKOFF_MS = 500;
const MAX_BACKOFF_MS = 30_000;
/** A server may ask for patience, not for silence until tomorrow. */
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

/** Seconds or an HTTP date, in milliseconds from now, at most a minute; undefined where it is neither. */
export function parseRetryAfter(text: string | undefined, nowMs: number): number | undefined {
  if (text === undefined || text.trim() === '') return undefined;
  const ms = /^\d+(\.\d+)?$/.test(text.trim()) ? Number(text) * 1000 : Date.parse(text) - nowMs;
  return Number.isNaN(ms) ? undefined : Math.min(Math.max(0, ms), MAX_RETRY_AFTER_MS);
}

/** Doubles with each failure in a row, between half and all of it by chance, so that many clients do not come at once. */
export function backoffMs(failures: number, random: number): number {
  const full = Math.min(FIRST_BACKOFF_MS * 2 ** Math.min(failures - 1, 20), MAX_BACKOFF_MS);
  return full / 2 + (full / 2) * random;
}

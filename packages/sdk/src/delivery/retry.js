const RETRYABLE_STATUS = new Set([408, 425, 429, 500, 502, 503, 504]);
const FIRST_BACKOFF_MS = 500;
const MAX_BACKOFF_MS = 30_000;
/** A server may ask for patience, not for silence until tomorrow. */
const MAX_RETRY_AFTER_MS = 60_000;
export function resultOf(status, retryAfter, body, contentType, nowMs) {
    if (status >= 200 && status < 300)
        return { outcome: 'accepted', body, contentType };
    if (!RETRYABLE_STATUS.has(status))
        return { outcome: 'refused', reason: `HTTP ${status}`, status };
    return { outcome: 'retry', reason: `HTTP ${status}`, afterMs: parseRetryAfter(retryAfter, nowMs) };
}
/** Seconds or an HTTP date, in milliseconds from now, at most a minute; undefined where it is neither. */
export function parseRetryAfter(text, nowMs) {
    if (text === undefined || text.trim() === '')
        return undefined;
    const ms = /^\d+(\.\d+)?$/.test(text.trim()) ? Number(text) * 1000 : Date.parse(text) - nowMs;
    return Number.isNaN(ms) ? undefined : Math.min(Math.max(0, ms), MAX_RETRY_AFTER_MS);
}
/** Doubles with each failure in a row, between half and all of it by chance, so that many clients do not come at once. */
export function backoffMs(failures, random) {
    const full = Math.min(FIRST_BACKOFF_MS * 2 ** Math.min(failures - 1, 20), MAX_BACKOFF_MS);
    return full / 2 + (full / 2) * random;
}

import { isDigitAt } from '../chars.ts';
import type { Detector } from './detector.ts';

const MAX_LENGTH = 256;
const MIN_BARE_TOKEN = 16;
/** What ends the authority of a URL, or the URL. */
const ENDS = '/?#"\'<>`\\ \t\r\n';

/** `user:password` of a URL, and a bare token before the @ (`https://<token>@host`); scheme and host stay. */
export const urlCredentials: Detector = {
  label: 'CREDENTIALS',
  triggers: '@',
  find(text, at, from) {
    const start = authorityStart(text, at, from);
    if (start === undefined) return undefined;
    const end = lastAt(text, at);
    const colon = text.indexOf(':', start);
    if (colon > start - 1 && colon < end - 1) return { start, end };
    return end - start >= MIN_BARE_TOKEN && hasDigit(text, start, end) ? { start, end } : undefined;
  },
  normalise: (value) => value,
};

/** The index after `://` if nothing but user information stands between it and the @. */
function authorityStart(text: string, at: number, from: number): number | undefined {
  const limit = Math.max(from, at - MAX_LENGTH);
  for (let i = at - 1; i >= limit; i--) {
    if (!ENDS.includes(text.charAt(i))) continue;
    const isAuthority = text.charCodeAt(i) === 0x2f && text.startsWith('://', i - 2) && i - 2 >= from;
    return isAuthority ? i + 1 : undefined;
  }
  return undefined;
}

/** A password may hold an @ itself: the last one before the authority ends is the separator. */
function lastAt(text: string, at: number): number {
  let last = at;
  const limit = Math.min(text.length, at + MAX_LENGTH);
  for (let i = at + 1; i < limit && !ENDS.includes(text.charAt(i)); i++) {
    if (text.charCodeAt(i) === 0x40) last = i;
  }
  return last;
}

function hasDigit(text: string, start: number, end: number): boolean {
  for (let i = start; i < end; i++) if (isDigitAt(text, i)) return true;
  return false;
}

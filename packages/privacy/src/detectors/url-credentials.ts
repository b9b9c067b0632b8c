import { isDigitAt } from '../text/chars.ts';
import type { Detector } from './detector.ts';

const MAX_LENGTH = 256;
const MIN_BARE_TOKEN = 16;
/** Characters that end the authority of a URL, or the URL itself. */
const ENDS = new Set([...'/?#"\'<>`\\ \t\r\n'].map((char) => char.charCodeAt(0)));

/** Finds `user:password` in a URL, or a token before the `@` (`https://<token>@host`). Scheme and host are kept. */
export const urlCredentials: Detector = {
  label: 'CREDENTIALS',
  triggers: ':',
  canFollow: (previous) => /[a-z0-9+.-]/i.test(previous),
  find(text, at) {
    if (text.charCodeAt(at + 1) !== 0x2f || text.charCodeAt(at + 2) !== 0x2f) return undefined;
    const start = at + 3;
    const end = lastAtSign(text, start);
    if (end === undefined) return undefined;
    const colon = text.slice(start, end).indexOf(':');
    if (colon >= 0 && start + colon < end - 1) return { start, end };
    return colon < 0 && end - start >= MIN_BARE_TOKEN && hasDigit(text, start, end)
      ? { start, end }
      : undefined;
  },
  normalise: (value) => value,
};

/** Returns the index of the last `@` in the authority: a password can contain an `@` itself. */
function lastAtSign(text: string, start: number): number | undefined {
  let last: number | undefined;
  const limit = Math.min(text.length, start + MAX_LENGTH);
  for (let i = start; i < limit; i++) {
    const code = text.charCodeAt(i);
    if (ENDS.has(code)) break;
    if (code === 0x40) last = i;
  }
  return last;
}

function hasDigit(text: string, start: number, end: number): boolean {
  for (let i = start; i < end; i++) if (isDigitAt(text, i)) return true;
  return false;
}

import { isQuoteOrSpaceAt, isSpaceAt } from '../text/chars.ts';
import { compileEndings } from '../text/word-endings.ts';
import type { Detector } from './detector.ts';

const NAME = /(?:^|[^0-9A-Za-z_])(?:set-)?cookie2?$/i;
const mayEnd = compileEndings(['cookie', 'cookie2']);
/** Matches the name and equals sign of a cookie (RFC 6265). Prose after "cookie:" does not begin like this. */
const PAIR = /^[!#$%&'*+.^_`|~0-9A-Za-z-]{1,128}=/;
/** Browsers limit one cookie to 4 KiB, but a header can contain several. */
const MAX_LENGTH = 16_384;
/** Line breaks, and the quotes that end a surrounding string in code, JSON or a shell command. */
const ENDS = new Set([...'"\'`\r\n'].map((char) => char.charCodeAt(0)));
const BACKSLASH = 0x5c;

/** Finds the whole value of `Cookie:` and `Set-Cookie:` header lines. The header name is kept. */
export const cookie: Detector = {
  label: 'COOKIE',
  triggers: ':',
  // Quotes before the colon are not allowed: JSON members are covered by the rule for sensitive keys.
  canFollow: (previous) => /[e2 ]/i.test(previous),
  find(text, at, from) {
    let nameEnd = at;
    while (nameEnd > from && at - nameEnd < 4 && isSpaceAt(text, nameEnd - 1)) nameEnd--;
    if (!mayEnd(text, nameEnd) || !NAME.test(text.slice(Math.max(from, nameEnd - 16), nameEnd)))
      return undefined;
    let start = at + 1;
    while (start < at + 8 && isQuoteOrSpaceAt(text, start)) start++;
    if (!PAIR.test(text.slice(start, start + 130))) return undefined;
    const end = lineEnd(text, start);
    return end > start ? { start, end } : undefined;
  },
  normalise: (value) => value,
};

/** Matches a quoted cookie value, which RFC 6265 allows: `name="value"; …`. */
const QUOTED_VALUE = /^"[^"\r\n\\]{1,4096}"(?=;|\s|$)/;

/** Returns the end of the header line. A backslash ends it too, because it begins an escape such as `\n` or `\"`. */
function lineEnd(text: string, start: number): number {
  const limit = Math.min(text.length, start + MAX_LENGTH);
  let end = start;
  while (end < limit) {
    const isQuoted = text.charAt(end) === '"' && text.charAt(end - 1) === '=';
    const quoted = isQuoted ? QUOTED_VALUE.exec(text.slice(end, limit)) : null;
    if (quoted !== null) end += quoted[0].length;
    else if (ENDS.has(text.charCodeAt(end)) || text.charCodeAt(end) === BACKSLASH) break;
    else end++;
  }
  while (end > start && (text.charCodeAt(end - 1) === 0x20 || text.charCodeAt(end - 1) === 0x09)) end--;
  return end;
}

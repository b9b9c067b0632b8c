import { isQuoteOrSpaceAt, isSpaceAt } from '../text/chars.ts';
import { compileEndings } from '../text/word-endings.ts';
import type { Detector } from './detector.ts';

const NAME = /(?:^|[^0-9A-Za-z_])(?:set-)?cookie2?$/i;
const mayEnd = compileEndings(['cookie', 'cookie2']);
/** `name=value`, as RFC 6265 writes a cookie; prose after "cookie:" has no equals sign directly after a name. */
const PAIR = /^[!#$%&'*+.^_`|~0-9A-Za-z-]{1,128}=/;
/** Browsers limit one cookie to 4 KiB; a header holds several. */
const MAX_LENGTH = 16_384;
/** Line breaks, and the quotes that end a string of code, JSON or a shell around the header. */
const ENDS = new Set([...'"\'`\r\n'].map((char) => char.charCodeAt(0)));
const BACKSLASH = 0x5c;

/** The value of `Cookie:` and `Set-Cookie:` header lines, all cookies of it; the name of the header stays. */
export const cookie: Detector = {
  label: 'COOKIE',
  triggers: ':',
  // A quote before the colon is that of a JSON member, which the rule for sensitive keys covers.
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

/** A value in quotes of its own, as RFC 6265 allows: `name="value"; …`. */
const QUOTED_VALUE = /^"[^"\r\n\\]{1,4096}"(?=;|\s|$)/;

/** The end of the line or string. A backslash ends it too: it is the first half of `\n` or `\"`. */
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

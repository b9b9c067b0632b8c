import { isTokenAt, startsWord, startsWordAfter } from '../text/chars.ts';
import type { Detector } from './detector.ts';
import { textBefore } from './surrounding-text.ts';

const SCHEME = /^(?:bearer|basic)(?: |\+|%20){1,3}/i;
const HEADER = /authorization["'\\]{0,4}\s?[:=,]\s?["'\\]{0,4}$/i;
/** In prose, the word after "bearer" is shorter than this or has no digit. */
const MIN_TOKEN = 16;
const MIN_IN_HEADER = 6;
/** The characters of an RFC 6750 `b64token` other than letters, digits, `-` and `_`. */
const EXTRA = '.~+/=';

/** Finds the token after `Bearer` and, in an authorization header, after `Basic`. The scheme is kept. */
export const authorization: Detector = {
  label: 'TOKEN',
  triggers: 'Bb',
  canFollow: startsWordAfter,
  find(text, at, from) {
    const second = text.charCodeAt(at + 1) | 0x20;
    if (second !== 0x65 && second !== 0x61) return undefined;
    const scheme = SCHEME.exec(text.slice(at, at + 16));
    if (scheme === null || !startsWord(text, at)) return undefined;
    const start = at + scheme[0].length;
    let end = start;
    let hasDigit = false;
    while (isTokenAt(text, end) || (end < text.length && EXTRA.includes(text.charAt(end)))) {
      const code = text.charCodeAt(end++);
      if (code >= 0x30 && code <= 0x39) hasDigit = true;
    }
    while (text.charCodeAt(end - 1) === 0x2e) end--;
    if (HEADER.test(textBefore(text, at, from, 24)))
      return end - start < MIN_IN_HEADER ? undefined : { start, end };
    const isBearer = second === 0x65;
    return isBearer && hasDigit && end - start >= MIN_TOKEN ? { start, end } : undefined;
  },
  normalise: (value) => value,
};

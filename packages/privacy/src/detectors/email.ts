import { isDigitAt, isLetterAt } from '../text/chars.ts';
import type { Detector, Match } from './detector.ts';

/** RFC 5321 §4.5.3.1 allows 64 octets before the `@` and 255 after it. */
const MAX_LOCAL = 64;
const MAX_DOMAIN = 255;
/** Symbols allowed before the `@`. RFC 5322 also allows `=`, `&` and `/`, but they usually separate parameters. */
const LOCAL_SYMBOLS = "._%+-'";
/** Login names of version control. `git@github.com:owner/name.git` is a repository and not an e-mail address. */
const REPOSITORY_LOGINS: ReadonlySet<string> = new Set(['git', 'hg', 'svn']);
/** Matches the end of file names such as `icon@2x.png`, an image for high-resolution screens. */
const SCREEN_DENSITY = /^\d+x\./;

/** Finds e-mail addresses, including those with `%40` instead of `@`, as in URLs. */
export const email: Detector = {
  label: 'EMAIL',
  triggers: '@%',
  find(text, at, from) {
    if (text.charCodeAt(at) !== 0x25) return findAround(text, at, at + 1, from);
    return text.startsWith('%40', at) ? findAround(text, at, at + 3, from) : undefined;
  },
  normalise: (value) => value.replace('%40', '@').toLowerCase(),
};

function findAround(text: string, localEnd: number, domainStart: number, from: number): Match | undefined {
  const end = domainEnd(text, domainStart);
  if (end === undefined) return undefined;
  const start = localStart(text, localEnd, from);
  if (start >= localEnd || REPOSITORY_LOGINS.has(text.slice(start, localEnd).toLowerCase())) return undefined;
  return { start, end };
}

function localStart(text: string, localEnd: number, from: number): number {
  const limit = Math.max(from, localEnd - MAX_LOCAL);
  let start = localEnd;
  while (start > limit && isLocalAt(text, start - 1)) start--;
  // Symbols before the first letter, digit or underscore are not part of the address.
  while (start < localEnd && !isAlnumAt(text, start) && text.charCodeAt(start) !== 0x5f) start++;
  return start;
}

function isLocalAt(text: string, index: number): boolean {
  return isAlnumAt(text, index) || LOCAL_SYMBOLS.includes(text.charAt(index));
}

function isAlnumAt(text: string, index: number): boolean {
  return isLetterAt(text, index) || isDigitAt(text, index);
}

/** Returns the end of a domain: two or more labels, the last with at least two letters. Undefined if there is none. */
function domainEnd(text: string, start: number): number | undefined {
  let end: number | undefined;
  let labelStart = start;
  let letters = true;
  const limit = Math.min(text.length, start + MAX_DOMAIN);
  for (let i = start; i <= limit; i++) {
    if (i < limit && (isAlnumAt(text, i) || text.charCodeAt(i) === 0x2d)) {
      letters = letters && isLetterAt(text, i);
      continue;
    }
    if (i === labelStart) break;
    const isTop = letters || text.startsWith('xn--', labelStart);
    if (labelStart > start && isTop && i - labelStart >= 2) end = i;
    if (text.charCodeAt(i) !== 0x2e || i >= limit) break;
    labelStart = i + 1;
    letters = true;
  }
  return end === undefined || SCREEN_DENSITY.test(text.slice(start, end)) ? undefined : end;
}

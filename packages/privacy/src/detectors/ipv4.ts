import { isDigitAt, isLetterAt, skipDigits, startsWord, startsWordAfter } from '../text/chars.ts';
import type { Detector } from './detector.ts';
import { textBefore } from './surrounding-text.ts';

/** Matches a word that introduces a version or a section number. */
const NUMBERED =
  /(?:\b(?:[a-z0-9]{1,24}[-_])?(?:versions?|ver|release|revision|build|firmware|section|chapter|clause|(?:up|down)graded?\s(?:to|from)|updated?\sto)|§)(?:\s(?:is|was|to|from))?["'`\\]{0,4}[\s:=-]{0,3}["'`\\]{0,4}v?$/i;
/** Matches the start of `v1.2.3.4` and `>=1.2.3.4`, but not of "v 203.0.113.9", which can also be an address. */
const VERSION_MARK = /\bv$|[=~^<>]=\s?$/i;
/** Matches the extension of a file named after a version: `1.2.3.4.zip`. */
const FILE_OF_VERSION = /^\.(?:apk|deb|dll|dmg|exe|gem|gz|jar|msi|nupkg|pkg|rpm|tar|tgz|whl|zip)\b/i;
/** Number of characters before the numbers that are searched for such a word. */
const REACH = 48;

/**
 * Finds IPv4 addresses. Private addresses are included, because they identify a machine. Loopback, unspecified and
 * broadcast addresses are kept, because they identify nothing. Four numbers with dots can also be a version: they are
 * kept in `Chrome/120.0.0.0`, `v1.4.36.205`, `release 1.4.36.205`, `"version":"1.4.36.205"` and `app-1.4.36.205.zip`.
 * Without such a context, they count as an address.
 */
export const ipv4: Detector = {
  label: 'IP',
  triggers: '0123456789',
  canFollow: startsWordAfter,
  find(text, at, from) {
    let end = octetEnd(text, at);
    if (end === undefined || text.charCodeAt(end) !== 0x2e) return undefined;
    for (let octet = 1; octet < 4; octet++) {
      if (text.charCodeAt(end) !== 0x2e) return undefined;
      const next = octetEnd(text, end + 1);
      if (next === undefined) return undefined;
      end = next;
    }
    if (!standsAlone(text, at, end) || isVersion(text, at, end, from)) return undefined;
    return isSpecialAddress(text.slice(at, end)) ? undefined : { start: at, end };
  },
  normalise: (value) => value,
};

function isVersion(text: string, start: number, end: number, from: number): boolean {
  const lead = textBefore(text, start, from, REACH);
  return VERSION_MARK.test(lead) || NUMBERED.test(lead) || FILE_OF_VERSION.test(text.slice(end, end + 8));
}

/** Returns the end of a number from 0 to 255 without leading zeros, or undefined if there is none. */
function octetEnd(text: string, start: number): number | undefined {
  const end = skipDigits(text, start);
  const length = end - start;
  if (length === 0 || length > 3 || (length > 1 && text.charCodeAt(start) === 0x30)) return undefined;
  return length < 3 || Number(text.slice(start, end)) <= 255 ? end : undefined;
}

/** False if the four numbers are part of a word, a longer chain of numbers or a version such as `Chrome/120.0.0.0`. */
function standsAlone(text: string, start: number, end: number): boolean {
  if (!startsWord(text, start) || isLetterAt(text, end)) return false;
  const next = text.charCodeAt(end);
  if (next === 0x2e && isDigitAt(text, end + 1)) return false;
  if ((next === 0x2d || next === 0x2b || next === 0x5f) && isLetterAt(text, end + 1)) return false;
  const previous = text.charCodeAt(start - 1);
  if ((previous === 0x2e || previous === 0x2d) && isDigitAt(text, start - 2)) return false;
  // `Product/1.2.3.4` is a version, but `://1.2.3.4` is a host.
  return !(previous === 0x2f && isLetterAt(text, start - 2));
}

/** True for loopback, unspecified and broadcast addresses. */
function isSpecialAddress(address: string): boolean {
  return address.startsWith('127.') || address === '0.0.0.0' || address === '255.255.255.255';
}

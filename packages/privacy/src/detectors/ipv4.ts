import { isDigitAt, isLetterAt, skipDigits, startsWord, startsWordAfter } from '../chars.ts';
import type { Detector } from './detector.ts';
import { before } from './near.ts';

/** Words that make four numbers with dots a version or a heading. */
const NUMBERING = /(?:\bv|version|release|build|section|chapter|clause|§|==)[\s:-]*$/i;

/**
 * IPv4 addresses, private ones too, since they name a machine. Loopback, unspecified and broadcast say nothing about
 * anyone and stay; so do versions (`Chrome/120.0.0.0`, `v1.2.3.4`) and longer dotted numbers.
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
    if (!standsAlone(text, at, end) || NUMBERING.test(before(text, at, from, 12))) return undefined;
    return saysNothing(text.slice(at, end)) ? undefined : { start: at, end };
  },
  normalise: (value) => value,
};

/** The end of a number from 0 to 255 without leading zeros. */
function octetEnd(text: string, start: number): number | undefined {
  const end = skipDigits(text, start);
  const length = end - start;
  if (length === 0 || length > 3 || (length > 1 && text.charCodeAt(start) === 0x30)) return undefined;
  return length < 3 || Number(text.slice(start, end)) <= 255 ? end : undefined;
}

function standsAlone(text: string, start: number, end: number): boolean {
  if (!startsWord(text, start) || isLetterAt(text, end)) return false;
  const next = text.charCodeAt(end);
  if (next === 0x2e && isDigitAt(text, end + 1)) return false;
  if ((next === 0x2d || next === 0x2b || next === 0x5f) && isLetterAt(text, end + 1)) return false;
  const previous = text.charCodeAt(start - 1);
  if ((previous === 0x2e || previous === 0x2d) && isDigitAt(text, start - 2)) return false;
  // `Product/1.2.3.4` is a version; `://1.2.3.4` a host.
  return !(previous === 0x2f && isLetterAt(text, start - 2));
}

function saysNothing(address: string): boolean {
  return address.startsWith('127.') || address === '0.0.0.0' || address === '255.255.255.255';
}

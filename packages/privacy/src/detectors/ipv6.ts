import { isHexAt, isWordAt, startsWord } from '../text/chars.ts';
import type { Detector } from './detector.ts';

/** The length of the longest address: six groups of four digits, six colons and an IPv4 address. */
const MAX_LENGTH = 45;
const GROUP = /^[0-9a-f]{1,4}$/i;
const IPV4_TAIL = /^(?:(?:25[0-5]|2[0-4]\d|1?\d?\d)(?:\.(?!$)|$)){4}$/;
/** Matches address ranges in use. A shortened address must be in one: `ab::12` is more likely a name in code. */
const IN_USE = /^(?:[23][0-9a-f]{3}|f[c-f][0-9a-f]{2}|64):|^::ffff:(?=.*\.)/i;

/** Finds IPv6 addresses: full, shortened with `::`, or ending with an IPv4 address. `::` and `::1` are kept. */
export const ipv6: Detector = {
  label: 'IP',
  triggers: ':',
  canFollow: (previous) => !/[:.g-zG-Z_]/.test(previous),
  find(text, at, from) {
    if (!isHexAt(text, at + 1) && text.charCodeAt(at + 1) !== 0x3a) return undefined;
    // A single colon needs a group before it. In JSON, as in `"port":4000`, there is none.
    if (!isHexAt(text, at - 1) && text.charCodeAt(at + 1) !== 0x3a) return undefined;
    let start = at;
    while (start > from && at - start < 5 && isHexAt(text, start - 1)) start--;
    if (at - start > 4 || !startsAlone(text, start)) return undefined;
    let end = at;
    while (end - start <= MAX_LENGTH && isAddressAt(text, end)) end++;
    while (end > at && (text.charCodeAt(end - 1) === 0x2e || isLoneColonAt(text, end - 1))) end--;
    if (isWordAt(text, end)) return undefined;
    return isAddress(text.slice(start, end)) ? { start, end } : undefined;
  },
  normalise: (value) => value.toLowerCase(),
};

function startsAlone(text: string, start: number): boolean {
  const previous = text.charCodeAt(start - 1);
  return startsWord(text, start) && previous !== 0x3a && previous !== 0x2e && previous !== 0x5f;
}

function isAddressAt(text: string, index: number): boolean {
  const code = text.charCodeAt(index);
  return isHexAt(text, index) || code === 0x3a || code === 0x2e;
}

/** True for a single colon: at the end, it is punctuation and not part of the address. */
function isLoneColonAt(text: string, index: number): boolean {
  return text.charCodeAt(index) === 0x3a && text.charCodeAt(index - 1) !== 0x3a;
}

function isAddress(candidate: string): boolean {
  const halves = candidate.split('::');
  if (halves.length > 2 || (halves.length === 2 && !IN_USE.test(candidate))) return false;
  let groups = 0;
  for (const [half, text] of halves.entries()) {
    if (text === '') continue;
    const parts = text.split(':');
    for (const [index, part] of parts.entries()) {
      const isLast = half === halves.length - 1 && index === parts.length - 1;
      if (GROUP.test(part)) groups += 1;
      else if (isLast && IPV4_TAIL.test(part)) groups += 2;
      else return false;
    }
  }
  return halves.length === 2 ? groups >= 1 && groups <= 7 : groups === 8;
}

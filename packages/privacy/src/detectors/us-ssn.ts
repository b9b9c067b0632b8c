import { digitsOf, isDigitAt, isWordAt, skipDigits, startsWord, startsWordAfter } from '../text/chars.ts';
import type { Detector } from './detector.ts';
import { textAfter, textBefore } from './surrounding-text.ts';

const CONTEXT = /\bssn\b|social.?security|\bss ?#|\bitin\b|tax(?:payer)?.?id/i;

/**
 * Finds US social security numbers. `123-45-6789` needs no context. Numbers with spaces, without separators or in the
 * range of taxpayer numbers (9xx) are found only near a word such as "SSN". Numbers that are never issued (area 000 or
 * 666, group 00, serial 0000) are not found.
 */
export const usSsn: Detector = {
  label: 'SSN',
  triggers: '0123456789',
  canFollow: startsWordAfter,
  find(text, at, from) {
    const run = skipDigits(text, at) - at;
    if (run !== 3 && run !== 9) return undefined;
    const end = run === 9 ? at + 9 : groupedEnd(text, at);
    if (end === undefined || !startsWord(text, at) || isWordAt(text, end)) return undefined;
    if ('-./@'.includes(text.charAt(end) || ' ') && isWordAt(text, end + 1)) return undefined;
    if ('-./+'.includes(text.charAt(at - 1) || ' ') && isDigitAt(text, at - 2)) return undefined;
    const digits = digitsOf(text.slice(at, end));
    if (!wasIssued(digits)) return undefined;
    const needsNoContext = text.charCodeAt(at + 3) === 0x2d && digits.charCodeAt(0) !== 0x39;
    if (
      !needsNoContext &&
      !CONTEXT.test(textBefore(text, at, from, 50)) &&
      !CONTEXT.test(textAfter(text, end, 20))
    ) {
      return undefined;
    }
    return { start: at, end };
  },
  normalise: digitsOf,
};

/** Returns the end of groups of 3, 2 and 4 digits with two equal separators, or undefined if there are none. */
function groupedEnd(text: string, at: number): number | undefined {
  const separator = text.charCodeAt(at + 3);
  if (separator !== 0x2d && separator !== 0x20) return undefined;
  if (skipDigits(text, at + 4) !== at + 6 || text.charCodeAt(at + 6) !== separator) return undefined;
  return skipDigits(text, at + 7) === at + 11 ? at + 11 : undefined;
}

function wasIssued(digits: string): boolean {
  const area = digits.slice(0, 3);
  return area !== '000' && area !== '666' && digits.slice(3, 5) !== '00' && digits.slice(5) !== '0000';
}

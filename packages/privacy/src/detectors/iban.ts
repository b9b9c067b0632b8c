import { isDigitAt, isLetterAt, isWordAt, startsWord } from '../text/chars.ts';
import type { Detector } from './detector.ts';

/** Length by country, from the SWIFT IBAN registry (release 99), plus countries that use IBANs without registration. */
const LENGTHS: Readonly<Record<string, number>> = Object.assign(Object.create(null), {
  ...{ AD: 24, AE: 23, AL: 28, AT: 20, AZ: 28, BA: 20, BE: 16, BG: 22, BH: 22, BI: 27, BR: 29, BY: 28 },
  ...{ CH: 21, CR: 22, CY: 28, CZ: 24, DE: 22, DJ: 27, DK: 18, DO: 28, EE: 20, EG: 29, ES: 24, FI: 18 },
  ...{ FK: 18, FO: 18, FR: 27, GB: 22, GE: 22, GI: 23, GL: 18, GR: 27, GT: 28, HN: 28, HR: 21, HU: 28 },
  ...{ IE: 22, IL: 23, IQ: 23, IS: 26, IT: 27, JO: 30, KW: 30, KZ: 20, LB: 28, LC: 32, LI: 21, LT: 20 },
  ...{ LU: 20, LV: 21, LY: 25, MC: 27, MD: 24, ME: 22, MK: 19, MN: 20, MR: 27, MT: 31, MU: 30, NI: 28 },
  ...{ NL: 18, NO: 15, OM: 23, PK: 24, PL: 28, PS: 29, PT: 25, QA: 29, RO: 24, RS: 22, RU: 33, SA: 24 },
  ...{ SC: 31, SD: 18, SE: 24, SI: 19, SK: 24, SM: 27, SO: 23, ST: 25, SV: 28, TL: 23, TN: 24, TR: 26 },
  ...{ UA: 29, VA: 22, VG: 24, XK: 20, YE: 30 },
});

const SEPARATORS = new Set([0x20, 0xa0, 0x2d]);

/** Finds international bank account numbers by country code, length and check digits. Separators are optional. */
export const iban: Detector = {
  label: 'IBAN',
  triggers: '0123456789',
  canFollow: (previous) => /[A-Za-z]/.test(previous),
  find(text, at, from) {
    const start = at - 2;
    if (start < from || !isLetterAt(text, at - 1) || !isLetterAt(text, start)) return undefined;
    if (!isDigitAt(text, at + 1) || !startsWord(text, start)) return undefined;
    const length = LENGTHS[text.slice(start, at).toUpperCase()];
    if (length === undefined) return undefined;
    const end = accountEnd(text, start, length);
    if (end === undefined) return undefined;
    return passesMod97(compact(text.slice(start, end))) ? { start, end } : undefined;
  },
  normalise: compact,
};

function compact(value: string): string {
  return value.replace(/[^0-9A-Za-z]/g, '').toUpperCase();
}

/** Returns the end of exactly `length` letters and digits. Single separators are allowed between them. */
function accountEnd(text: string, start: number, length: number): number | undefined {
  let seen = 0;
  let index = start;
  for (; seen < length; index++) {
    if (isWordAt(text, index)) seen++;
    else if (!SEPARATORS.has(text.charCodeAt(index)) || !isWordAt(text, index + 1)) return undefined;
  }
  return isWordAt(text, index) ? undefined : index;
}

/** Checks the ISO 7064 mod 97 check digits. */
function passesMod97(account: string): boolean {
  let rest = 0;
  for (let i = 0; i < account.length; i++) {
    const code = account.charCodeAt((i + 4) % account.length);
    // A letter counts as two digits: A is 10, Z is 35.
    rest = code <= 0x39 ? (rest * 10 + code - 0x30) % 97 : (rest * 100 + code - 0x37) % 97;
  }
  return rest === 1;
}

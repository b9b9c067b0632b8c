import type { CountryCode } from 'libphonenumber-js/min';
import { digitsOf, isDigitAt, isWordAt, skipDigits, startsWord, startsWordAfter } from '../text/chars.ts';
import type { Detector } from './detector.ts';
import { compileNational, isPossibleInternational } from './numbering-plans.ts';
import { type PhoneContext, phoneContext } from './phone-context.ts';

const MIN_DIGITS = 7;
/** The 15 digits of ITU-T E.164, plus an international prefix such as 00 or 011. */
const MAX_DIGITS = 18;
const MAX_GROUPS = 8;
const SEPARATORS = new Set([0x20, 0x2d, 0x2e, 0x2f, 0xa0, 0x202f, 0x2011, 0x2013]);
const EXTENSION = /^(?:\s?(?:ext\.?|extension|x|#)\s?)\d{1,6}(?!\w)/i;
/** Matches a date with a four-digit year. */
const DATE = /^(?:(?:19|20)\d\d([-/. ])\d{1,2}\1\d{1,2}|\d{1,2}([-/.])\d{1,2}\2(?:19|20)\d\d)(?!\d)/;

/** Matches twelve digits in equal groups with dashes, `1234-5678-9012`, as used for account and order numbers. */
const ID_SHAPE = /^(?:\d{4}(?:-\d{4}){2}|\d{3}(?:-\d{3}){3}|\d{6}-\d{6})$/;

/** Countries whose national numbers are found without a word nearby. The number must have its leading 0. */
const REGIONS: readonly CountryCode[] = ['GB', 'DE', 'FR', 'NL', 'CH', 'AT', 'SE', 'AU', 'IN', 'JP', 'BR'];
const NORTH_AMERICA = /^(?:\+?1[-. ]?)?(?:\([2-9]\d\d\)\s?|[2-9]\d\d[-. ])\d{3}[-. ]\d{4}$/;

/**
 * Finds phone numbers with a country code, in North American or national format, or in any plausible grouping near a
 * word such as "phone" or "call".
 */
export const phone: Detector = phoneIn(REGIONS);

/** Creates a phone detector for the national numbers of these countries. Throws if a country is unknown. */
export function phoneIn(regions: readonly CountryCode[]): Detector {
  const isNational = compileNational(regions);
  return {
    label: 'PHONE',
    triggers: '0123456789',
    canFollow: startsWordAfter,
    find(text, at, from) {
      if (!hasEnoughDigits(text, at) || isFraction(text, at)) return undefined;
      const start = numberStart(text, at, from);
      if (!startsNumber(text, start)) return undefined;
      for (const end of groupEnds(text, at, start)) {
        if (!isPhone(text, start, end, from, isNational)) continue;
        const extension = EXTENSION.exec(text.slice(end, end + 16));
        return { start, end: end + (extension?.[0].length ?? 0) };
      }
      return undefined;
    },
    normalise: digitsOf,
  };
}

/**
 * True if at least seven digits follow with short gaps. This cheap check comes first, because most numbers are short.
 */
function hasEnoughDigits(text: string, at: number): boolean {
  let digits = 0;
  let others = 0;
  for (let i = at; i < text.length && others < 3; i++) {
    if (isDigitAt(text, i)) {
      if (++digits === MIN_DIGITS) return true;
      others = 0;
    } else {
      if (i === at + digits && isWordAt(text, i)) return false;
      others++;
    }
  }
  return false;
}

/** True for a fraction, such as the vector component `0.0576678910292685`. */
function isFraction(text: string, at: number): boolean {
  const point = skipDigits(text, at);
  if (text.charCodeAt(point) !== 0x2e) return false;
  const end = skipDigits(text, point + 1);
  return end > point + 1 && (point - at <= 2 || end - point > 9) && text.charCodeAt(end) !== 0x2e;
}

/** Returns the start of the number, including `+`, `(` or both before the first digit. */
function numberStart(text: string, at: number, from: number): number {
  let start = at;
  if (start > from && text.charCodeAt(start - 1) === 0x28) start--;
  if (start > from && text.charCodeAt(start - 1) === 0x2b) start--;
  return start;
}

/** False if `start` is inside a word, a longer chain of numbers, a fraction, an amount of money or a path. */
function startsNumber(text: string, start: number): boolean {
  if (!startsWord(text, start)) return false;
  const previous = text.charAt(start - 1);
  if (previous === '' || ' \n"\'([:,;>'.includes(previous)) return true;
  if ('$€£#%_/'.includes(previous)) return false;
  return !('-.+'.includes(previous) && isWordAt(text, start - 2));
}

/** Returns the possible ends of the number, longest first. Each is the end of a digit group. */
function groupEnds(text: string, at: number, start: number): number[] {
  const ends: number[] = [];
  let digits = 0;
  let open = text.charCodeAt(at - 1) === 0x28;
  let index = at;
  for (let group = 0; group < MAX_GROUPS; group++) {
    const end = skipDigits(text, index);
    digits += end - index;
    if (digits > MAX_DIGITS) break;
    if (digits >= MIN_DIGITS && !open && endsNumber(text, end)) ends.unshift(end);
    let next = end;
    if (open && text.charCodeAt(next) === 0x29) {
      open = false;
      next++;
    }
    if (SEPARATORS.has(text.charCodeAt(next))) next++;
    if (!open && text.charCodeAt(next) === 0x28 && next > start) {
      open = true;
      next++;
    }
    if (next === end || !isDigitAt(text, next)) break;
    index = next;
  }
  return ends;
}

/** True if a number can end at `end`: no word, e-mail address, fraction or longer chain of numbers continues there. */
function endsNumber(text: string, end: number): boolean {
  if (isWordAt(text, end)) return EXTENSION.test(text.slice(end, end + 16));
  const next = text.charAt(end);
  if (next === '@' || next === '%' || next === '_') return false;
  return !('.,:-/'.includes(next || ' ') && isDigitAt(text, end + 1));
}

function isPhone(
  text: string,
  start: number,
  end: number,
  from: number,
  isNational: (digits: string) => boolean,
): boolean {
  const written = text.slice(start, end);
  const digits = digitsOf(written);
  if (DATE.test(written) || new Set(digits).size < 3) return false;
  if (written.startsWith('+')) return isPossibleWithCountryCode(written, digits);
  const isGrouped = digits.length !== written.length;
  const context = phoneContext(text, start, end, from);
  if (NORTH_AMERICA.test(written)) return true;
  if (context === 'id' || (ID_SHAPE.test(written) && !hasPhoneContext(context, digits))) return false;
  if (isGrouped && /^0(?:0|11)/.test(digits) && isPossibleInternational(digits.replace(/^0(?:0|11)/, '')))
    return true;
  if (context === 'labelled') return digits.length <= 15 && !written.includes('/');
  if (context === 'introduced') return isGrouped && digits.length <= 15 && isPlausiblyGrouped(written);
  return isGrouped && /^0\d{9,10}$/.test(digits) && !written.includes('/') && isNational(digits);
}

/** True if the words nearby say that even a number shaped like an id is a phone number. */
function hasPhoneContext(context: PhoneContext, digits: string): boolean {
  return context === 'labelled' || (context === 'introduced' && digits.startsWith('0'));
}

/**
 * True if a number with `+` is possible. A `(0)`, as in `+46 (0)8 928 571 38`, is ignored, because it is not dialled
 * together with the country code.
 */
function isPossibleWithCountryCode(written: string, digits: string): boolean {
  return isPossibleInternational(written.includes('(0)') ? digitsOf(written.replace('(0)', '')) : digits);
}

/** True for at most five groups, of which only the first may have a single digit. Tables of figures rarely pass. */
function isPlausiblyGrouped(written: string): boolean {
  const groups = written.split(/\D+/).filter((group) => group !== '');
  return groups.length <= 5 && groups.every((group, index) => group.length > 1 || index === 0);
}

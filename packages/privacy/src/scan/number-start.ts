import { isDigitAt, isLetterAt } from '../text/chars.ts';

/** Runs of at least this many digits may be a number by themselves. */
const LONG_RUN = 7;
/** Card numbers are printed in groups of this many digits. */
const CARD_GROUP = 4;
/** How far apart the groups of a card may be. */
const MAX_GAP = 6;

/**
 * False if the digits from `at` to `end` cannot begin anything that detectors look for: a short run followed by
 * something that does not continue a number, or a run that continues another one. Most numbers of a text end here.
 */
export function mayStartNumber(text: string, at: number, end: number): boolean {
  const previous = text.charCodeAt(at - 1);
  if ((previous === 0x2e || previous === 0x2d) && isDigitAt(text, at - 2)) return false;
  if (end - at >= LONG_RUN) return true;
  if (end - at === CARD_GROUP && isDigitNear(text, end)) return true;
  if (end - at <= 2 && text.charCodeAt(end) === 0x2e && hasFourDigits(text, end + 1)) return false;
  if (isLetterAt(text, at - 1)) return end - at >= 2;
  if (isLetterAt(text, end)) return false;
  const after = text.charCodeAt(end + 1);
  return (
    (after >= 0x30 && after <= 0x39) ||
    isNumberPunctuation(after) ||
    isNumberPunctuation(text.charCodeAt(end))
  );
}

/** True if digits follow within a few characters with no letter between them, except that of an escape such as `\n`. */
function isDigitNear(text: string, end: number): boolean {
  for (let i = end; i <= end + MAX_GAP; i++) {
    if (isDigitAt(text, i)) return true;
    if (isLetterAt(text, i) && text.charCodeAt(i - 1) !== 0x5c) return false;
  }
  return false;
}

/** More digits after a point than an address or a short group has: a fraction, such as a component of a vector. */
function hasFourDigits(text: string, start: number): boolean {
  for (let i = start; i < start + 4; i++) if (!isDigitAt(text, i)) return false;
  return true;
}

/** Parentheses, and characters beyond ASCII such as spaces and dashes. */
function isNumberPunctuation(code: number): boolean {
  return code === 0x28 || code === 0x29 || code > 0x7f;
}

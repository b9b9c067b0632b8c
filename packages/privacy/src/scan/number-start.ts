import { isDigitAt, isLetterAt } from '../text/chars.ts';

/** A run of at least this many digits can be a complete phone, card or account number. */
const LONG_RUN = 7;
/** Card numbers are printed in groups that begin with this many digits. */
const CARD_GROUP = 4;
/** Maximum number of characters between two groups of a card number. */
const MAX_GAP = 6;

/**
 * A cheap check that rejects most numbers of a text before any detector runs. It returns false if the digits from `at`
 * to `end` cannot begin a match: either they are few and no further digits follow, or they continue an earlier number.
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

/** True if a digit follows within a few characters, with no letter between except that of an escape such as `\n`. */
function isDigitNear(text: string, end: number): boolean {
  for (let i = end; i <= end + MAX_GAP; i++) {
    if (isDigitAt(text, i)) return true;
    if (isLetterAt(text, i) && text.charCodeAt(i - 1) !== 0x5c) return false;
  }
  return false;
}

/** True for four digits after a decimal point: too many for an IP address, so the number is a fraction. */
function hasFourDigits(text: string, start: number): boolean {
  for (let i = start; i < start + 4; i++) if (!isDigitAt(text, i)) return false;
  return true;
}

/** True for parentheses and for all non-ASCII characters, because some of them are spaces and dashes. */
function isNumberPunctuation(code: number): boolean {
  return code === 0x28 || code === 0x29 || code > 0x7f;
}

import { isDigitAt, isLetterAt } from './chars.ts';

/** Runs of so many digits may be a number by themselves. */
const LONG_RUN = 7;

/**
 * False where the digits from `at` to `end` cannot begin anything that detectors look for: short and followed by
 * something that no number goes on with, or themselves the continuation of one. Most numbers of a text end here.
 */
export function mayStartNumber(text: string, at: number, end: number): boolean {
  const previous = text.charCodeAt(at - 1);
  if ((previous === 0x2e || previous === 0x2d) && isDigitAt(text, at - 2)) return false;
  if (end - at >= LONG_RUN) return true;
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

/** More digits after a point than an address or a short group has: a fraction, of which vectors are made. */
function hasFourDigits(text: string, start: number): boolean {
  for (let i = start; i < start + 4; i++) if (!isDigitAt(text, i)) return false;
  return true;
}

/** Parentheses and the spaces and dashes beyond ASCII. */
function isNumberPunctuation(code: number): boolean {
  return code === 0x28 || code === 0x29 || code > 0x7f;
}

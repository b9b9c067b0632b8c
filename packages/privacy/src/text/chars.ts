/**
 * Character classes. They are kept in one look-up table, because detectors check them for every possible match.
 * Letters are those of ASCII and of the Latin, Greek and Cyrillic blocks. Characters of scripts written without spaces
 * do not count as letters, so that a number directly after a Chinese word still starts at a word boundary.
 */
const DIGIT = 1;
const LETTER = 2;
const HEX = 4;
const TOKEN = 8;
const SPACE = 16;
const QUOTE = 32;

const CLASSES = new Uint8Array(0x10000);
for (let code = 0x30; code <= 0x39; code++) CLASSES[code] = DIGIT | HEX | TOKEN;
for (let code = 0x41; code <= 0x5a; code++) {
  const hex = code <= 0x46 ? HEX : 0;
  CLASSES[code] = LETTER | TOKEN | hex;
  CLASSES[code + 0x20] = LETTER | TOKEN | hex;
}
for (let code = 0xc0; code <= 0x52f; code++) if (code !== 0xd7 && code !== 0xf7) CLASSES[code] = LETTER;
for (const char of '_-') CLASSES[char.charCodeAt(0)] = TOKEN;
for (const char of '"\'`\\]') CLASSES[char.charCodeAt(0)] = QUOTE;
for (const code of [0x20, 0x09, 0x0a, 0x0d, 0xa0, 0x2009, 0x202f]) CLASSES[code] = SPACE;

/** Returns the class bits of the character at `index`, or 0 if `index` is outside the text. */
function classAt(text: string, index: number): number {
  return index >= 0 && index < text.length ? (CLASSES[text.charCodeAt(index)] ?? 0) : 0;
}

export const isDigitAt = (text: string, index: number): boolean => (classAt(text, index) & DIGIT) !== 0;
export const isLetterAt = (text: string, index: number): boolean => (classAt(text, index) & LETTER) !== 0;
/** True for a letter or digit. */
export const isWordAt = (text: string, index: number): boolean =>
  (classAt(text, index) & (DIGIT | LETTER)) !== 0;
/** True for an ASCII letter or digit. */
export const isAsciiWordAt = (text: string, index: number): boolean =>
  text.charCodeAt(index) < 128 && isWordAt(text, index);
export const isHexAt = (text: string, index: number): boolean => (classAt(text, index) & HEX) !== 0;
/** True for a character of a URL-safe token: an ASCII letter, a digit, `_` or `-`. */
export const isTokenAt = (text: string, index: number): boolean => (classAt(text, index) & TOKEN) !== 0;
export const isSpaceAt = (text: string, index: number): boolean => (classAt(text, index) & SPACE) !== 0;

/** True for white space, quotes, backslashes and `]`: the characters allowed between a name and its colon. */
export const isQuoteOrSpaceAt = (text: string, index: number): boolean =>
  (classAt(text, index) & (SPACE | QUOTE)) !== 0;

/**
 * True if the letter at `index` is the second half of an escape (`\n`, `\t` …) in a text that is itself JSON or source
 * code. Without this check, a number after an escaped line break would look like part of a word.
 */
export function isEscapeLetterAt(text: string, index: number): boolean {
  return text.charCodeAt(index - 1) === 0x5c && 'nrtbf'.includes(text.charAt(index));
}

/** True if a word can begin at `index`: the character before it is not a letter or digit, or belongs to an escape. */
export function startsWord(text: string, index: number): boolean {
  return !isWordAt(text, index - 1) || isEscapeLetterAt(text, index - 1);
}

/**
 * True if a token can begin at `index`. Like `startsWord`, but also true after URL escapes (`%3D`) and JSON escapes
 * (`\u0022`), which end with letters or digits.
 */
export function startsToken(text: string, index: number): boolean {
  if (startsWord(text, index)) return true;
  if (!isHexAt(text, index - 1) || !isHexAt(text, index - 2)) return false;
  return /(?:%|\\u[0-9a-f]{2})$/i.test(text.slice(Math.max(0, index - 6), index - 2));
}

/** `startsWord` for the previous ASCII character alone. It returns true for letters that may belong to an escape. */
export function startsWordAfter(previous: string): boolean {
  return !/[A-Za-z0-9]/.test(previous) || 'nrtbf'.includes(previous);
}

/** Returns the first index at or after `index` that is not a digit. */
export function skipDigits(text: string, index: number): number {
  let end = index;
  while (isDigitAt(text, end)) end++;
  return end;
}

/** Removes everything except ASCII digits. */
export const digitsOf = (text: string): string => text.replace(/[^0-9]/g, '');

/**
 * Character classes in one table, because every candidate reads them. Letters are ASCII plus the Latin, Greek and
 * Cyrillic blocks. Scripts that are written without spaces are not letters here, so that a number directly after a
 * Chinese word still starts at a word boundary.
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

/** The class bits of the character at `index`; 0 outside the text. */
function classAt(text: string, index: number): number {
  return index >= 0 && index < text.length ? (CLASSES[text.charCodeAt(index)] ?? 0) : 0;
}

export const isDigitAt = (text: string, index: number): boolean => (classAt(text, index) & DIGIT) !== 0;
export const isLetterAt = (text: string, index: number): boolean => (classAt(text, index) & LETTER) !== 0;
export const isWordAt = (text: string, index: number): boolean =>
  (classAt(text, index) & (DIGIT | LETTER)) !== 0;
/** An ASCII letter or digit. */
export const isAsciiWordAt = (text: string, index: number): boolean =>
  text.charCodeAt(index) < 128 && isWordAt(text, index);
export const isHexAt = (text: string, index: number): boolean => (classAt(text, index) & HEX) !== 0;
/** A character of a URL-safe token: ASCII letter, digit, `_` or `-`. */
export const isTokenAt = (text: string, index: number): boolean => (classAt(text, index) & TOKEN) !== 0;
export const isSpaceAt = (text: string, index: number): boolean => (classAt(text, index) & SPACE) !== 0;

/** White space, quotes, backslashes and closing brackets: characters that may stand between a name and its colon. */
export const isQuoteOrSpaceAt = (text: string, index: number): boolean =>
  (classAt(text, index) & (SPACE | QUOTE)) !== 0;

/**
 * True where the letter at `index` is the second half of an escape (`\n`, `\t` …) in text that is itself JSON or
 * source code. Without this a number after a line break in raw JSON would look like part of a word.
 */
export function isEscapeLetterAt(text: string, index: number): boolean {
  return text.charCodeAt(index - 1) === 0x5c && 'nrtbf'.includes(text.charAt(index));
}

/** True if a word could begin at `index`: the character before it is not a letter or digit. */
export function startsWord(text: string, index: number): boolean {
  return !isWordAt(text, index - 1) || isEscapeLetterAt(text, index - 1);
}

/**
 * True if a token could begin at `index`: as `startsWord`, and also after the escapes of URLs (`%3D`) and of JSON
 * (`\u0022`), which end with letters or digits.
 */
export function startsToken(text: string, index: number): boolean {
  if (startsWord(text, index)) return true;
  if (!isHexAt(text, index - 1) || !isHexAt(text, index - 2)) return false;
  return /(?:%|\\u[0-9a-f]{2})$/i.test(text.slice(Math.max(0, index - 6), index - 2));
}

/** `startsWord` decided from the ASCII character before alone. False only if no word can begin, after an escape or not. */
export function startsWordAfter(previous: string): boolean {
  return !/[A-Za-z0-9]/.test(previous) || 'nrtbf'.includes(previous);
}

/** The first index at or after `index` that holds no digit. */
export function skipDigits(text: string, index: number): number {
  let end = index;
  while (isDigitAt(text, end)) end++;
  return end;
}

/** The digits of a text, nothing else. */
export const digitsOf = (text: string): string => text.replace(/[^0-9]/g, '');

/**
 * A text as a reader sees it. Zero-width characters are removed, and full-width characters and the digits of other
 * scripts are converted to ASCII. Detectors search this form; replacements are made in the original text.
 */
export interface FoldedText {
  readonly text: string;
  /** For each UTF-16 unit of `text`, its index in the original text. The last entry is the original length. */
  readonly origin: Uint32Array;
}

/** Zero-width space, zero-width joiners, direction marks, word joiner and byte order mark. */
const ZERO_WIDTH = [0x200b, 0x200c, 0x200d, 0x200e, 0x200f, 0x2060, 0xfeff];
/** The zero of each supported script: full-width, Arabic, Persian, Devanagari. Its other digits follow it. */
const ZEROS = [0xff10, 0x0660, 0x06f0, 0x0966];
const FULL_WIDTH_AT = 0xff20;
/** Full-width `+`, `-`, `.` and `_`. Other full-width symbols are ordinary Chinese and Japanese punctuation. */
const FULL_WIDTH_SYMBOLS = [0xff0b, 0xff0d, 0xff0e, 0xff3f];
/** Full-width characters are in the same order as ASCII, this far after it. */
const FULL_WIDTH_OFFSET = 0xfee0;

const REMOVED = 1;
/** For each UTF-16 unit: 0 if it is kept, `REMOVED` if it is removed, or else the ASCII code that replaces it. */
const FOLDED = new Uint8Array(0x10000);
for (const code of ZERO_WIDTH) FOLDED[code] = REMOVED;
for (const zero of ZEROS) for (let digit = 0; digit <= 9; digit++) FOLDED[zero + digit] = 0x30 + digit;
for (const code of [...FULL_WIDTH_SYMBOLS, FULL_WIDTH_AT]) FOLDED[code] = code - FULL_WIDTH_OFFSET;
for (let letter = 0; letter < 26; letter++) {
  FOLDED[0xff21 + letter] = 0x41 + letter;
  FOLDED[0xff41 + letter] = 0x61 + letter;
}

/** True for characters that can hide a match: zero-width characters, digits of other scripts and a full-width `@`. */
export function isFoldable(code: number): boolean {
  const folded = FOLDED[code] as number;
  return folded === REMOVED || code === FULL_WIDTH_AT || (folded >= 0x30 && folded <= 0x39);
}

/** True if the text contains a character that can hide a match. */
export function hasFoldable(text: string): boolean {
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i);
    if (code > 0x7f && isFoldable(code)) return true;
  }
  return false;
}

/** Converts a text to the form that detectors search. */
export function foldText(text: string): FoldedText {
  const origin = new Uint32Array(text.length + 1);
  let length = 0;
  let folded = '';
  let copiedTo = 0;
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i);
    const replacement = FOLDED[code] as number;
    if (replacement !== 0) {
      folded += text.slice(copiedTo, i) + (replacement === REMOVED ? '' : String.fromCharCode(replacement));
      copiedTo = i + 1;
    }
    if (replacement !== REMOVED) origin[length++] = i;
  }
  origin[length] = text.length;
  return { text: folded + text.slice(copiedTo), origin: origin.subarray(0, length + 1) };
}

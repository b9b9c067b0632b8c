/**
 * Text as a reader sees it: without characters of no width, and with full-width letters, digits and symbols and the
 * digits of other scripts as ASCII. Detectors read this form; replacements are made in the original text.
 */
export interface FoldedText {
  readonly text: string;
  /** Index in the original text of each UTF-16 unit of `text`, and the original length at the end. */
  readonly origin: Uint32Array;
}

/** Zero-width space and joiners, marks of direction, word joiner, byte order mark. */
const ZERO_WIDTH = [0x200b, 0x200c, 0x200d, 0x200e, 0x200f, 0x2060, 0xfeff];
/** First digit of each script whose digits are read: full-width, Arabic, Persian, Devanagari. */
const ZEROS = [0xff10, 0x0660, 0x06f0, 0x0966];
const FULL_WIDTH_AT = 0xff20;
/** Full-width `+`, `-`, `.` and `_`. Commas, colons and brackets are ordinary punctuation of Chinese and Japanese. */
const FULL_WIDTH_SYMBOLS = [0xff0b, 0xff0d, 0xff0e, 0xff3f];
/** Full-width forms follow ASCII in its order. */
const FULL_WIDTH_OFFSET = 0xfee0;

const REMOVED = 1;
/** By UTF-16 unit: 0 for characters that stay, `REMOVED`, or the ASCII code that the character is read as. */
const FOLDED = new Uint8Array(0x10000);
for (const code of ZERO_WIDTH) FOLDED[code] = REMOVED;
for (const zero of ZEROS) for (let digit = 0; digit <= 9; digit++) FOLDED[zero + digit] = 0x30 + digit;
for (const code of [...FULL_WIDTH_SYMBOLS, FULL_WIDTH_AT]) FOLDED[code] = code - FULL_WIDTH_OFFSET;
for (let letter = 0; letter < 26; letter++) {
  FOLDED[0xff21 + letter] = 0x41 + letter;
  FOLDED[0xff41 + letter] = 0x61 + letter;
}

/** True for characters that make folding worthwhile: those of no width, digits of other scripts, and a full-width @. */
export function isFoldable(code: number): boolean {
  const folded = FOLDED[code] as number;
  return folded === REMOVED || code === FULL_WIDTH_AT || (folded >= 0x30 && folded <= 0x39);
}

/** The same for a whole text. */
export function hasFoldable(text: string): boolean {
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i);
    if (code > 0x7f && isFoldable(code)) return true;
  }
  return false;
}

export function foldText(text: string): FoldedText {
  const origin = new Uint32Array(text.length + 1);
  let length = 0;
  let folded = '';
  let copiedTo = 0;
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i);
    const as = FOLDED[code] as number;
    if (as !== 0) {
      folded += text.slice(copiedTo, i) + (as === REMOVED ? '' : String.fromCharCode(as));
      copiedTo = i + 1;
    }
    if (as !== REMOVED) origin[length++] = i;
  }
  origin[length] = text.length;
  return { text: folded + text.slice(copiedTo), origin: origin.subarray(0, length + 1) };
}

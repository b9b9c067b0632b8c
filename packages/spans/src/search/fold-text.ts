import { isAscii } from './utf8.ts';

/**
 * Folds a text for search. The same function folds what is stored and what is searched for, so equal words become equal.
 *
 *     Café STRASSE    → cafe strasse     case and accents do not matter (Latin, Greek and Cyrillic)
 *     ｆｕｌｌ ｶﾞ      → full カ ガ…       compatible characters are the same (NFKC)
 *     申请退款         → 申请 请退 退款 款   scripts without spaces become pairs, so that any part of a run is found
 *
 * Words of the result are separated by ASCII characters other than letters and digits, which is how the text index of the
 * store splits a text. Texts of ASCII only keep their punctuation, because removing it would cost more than it saves.
 */
export function foldText(text: string): string {
  return isAscii(text) ? text.toLowerCase() : foldUnicode(text);
}

/**
 * Kinds of characters in the table. The lower 16 bits of an entry contain the folded character, if it is a single one.
 */
const SEPARATOR = 1 << 16;
/** Soft hyphens, joiners and other characters without a meaning of their own. */
const IGNORED = 2 << 16;
/** A letter or digit of a word. */
const WORD = 3 << 16;
/** A letter of a script that has accents. */
const ACCENTABLE = 4 << 16;
/** A combining mark of no script in particular. It is an accent if it follows an accentable letter. */
const ACCENT = 5 << 16;
/** A character of a script that is written without spaces, or in which words have endings without a space. */
const RUN = 6 << 16;
/** Folds to several characters, which are in `expansions`. */
const EXPANDED = 7 << 16;
const KIND = 0xff << 16;

/** Entries of the characters up to U+FFFF, computed when they first occur. */
const table = new Int32Array(1 << 16);
const expansions = new Map<number, string>();
/** Entries of characters beyond U+FFFF: their kind only. They fold to themselves or, by NFKC, to others before. */
const beyond = new Map<number, number>();
/** Limits the memory that hostile texts can use. */
const MAX_BEYOND = 10_000;

const IGNORABLE = /\p{Default_Ignorable_Code_Point}/u;
const WORD_CHARACTER = /[\p{L}\p{M}\p{N}]/u;
const ACCENTED_SCRIPT = /[\p{Script=Latin}\p{Script=Greek}\p{Script=Cyrillic}]/u;
const MARK = /\p{M}/u;
const FREE_SCRIPT = /[\p{Script=Inherited}\p{Script=Cyrillic}]/u;
const MARKS = /\p{M}/gu;
const RUN_SCRIPT =
  /[\p{Script_Extensions=Han}\p{Script_Extensions=Hiragana}\p{Script_Extensions=Katakana}\p{Script_Extensions=Hangul}\p{Script_Extensions=Bopomofo}\p{Script=Thai}\p{Script=Lao}\p{Script=Khmer}\p{Script=Myanmar}]/u;
/** Letters whose stroke or ligature Unicode does not decompose. */
const UNDECOMPOSED: Readonly<Record<string, string>> = {
  ø: 'o',
  đ: 'd',
  ł: 'l',
  ħ: 'h',
  ŧ: 't',
  æ: 'ae',
  œ: 'oe',
  ς: 'σ',
};

/** Symbols that NFKC would turn into letters of the word before them: `Acme™` is not `acmetm`. */
const SYMBOL_BLOCKS = /[\u2100-\u214f\u2460-\u24ff\u3200-\u33ff\u{1f100}-\u{1f2ff}]/u;
const SYMBOLS = /[\u2100-\u214f\u2460-\u24ff\u3200-\u33ff\u{1f100}-\u{1f2ff}]/gu;
const IS_SYMBOL = /\p{S}/u;

const SPACE = 0x20;

function foldUnicode(text: string): string {
  const separated = SYMBOL_BLOCKS.test(text) ? text.replace(SYMBOLS, padSymbol) : text;
  const source = separated.normalize('NFKC');
  const codes = bufferOf(source.length * MOST_PER_UNIT + MOST_PER_UNIT);
  let length = 0;
  /** The last character of a run of a script without spaces; 0 outside of a run. */
  let run = 0;
  let isAccentable = false;
  for (let at = 0; at < source.length; at++) {
    let code = source.charCodeAt(at);
    let entry = table[code] as number;
    if (entry === 0) {
      if ((code & 0xfc00) === 0xd800 && at + 1 < source.length) {
        code = source.codePointAt(at) as number;
        if (code > 0xffff) at++;
        entry = entryBeyond(code);
      } else entry = entryOf(code);
    }
    const kind = entry & KIND;
    if (kind === IGNORED || (kind === ACCENT && isAccentable)) continue;
    if (kind === RUN) {
      if (run !== 0) {
        length = put(codes, length, run);
        length = put(codes, length, code);
      }
      codes[length++] = SPACE;
      run = code;
      isAccentable = false;
      continue;
    }
    if (run !== 0) {
      length = put(codes, length, run);
      codes[length++] = SPACE;
      run = 0;
    }
    isAccentable = kind === ACCENTABLE || kind === EXPANDED;
    if (kind === EXPANDED) {
      const expanded = expansions.get(code) as string;
      for (let unit = 0; unit < expanded.length; unit++) codes[length++] = expanded.charCodeAt(unit);
    } else if (code > 0xffff && kind !== SEPARATOR) length = put(codes, length, code);
    else codes[length++] = entry & 0xffff;
  }
  if (run !== 0) length = put(codes, length, run);
  return textOf(codes, length);
}

/** Most UTF-16 units into which one can fold: a pair of characters that have two units each, and a space. */
const MOST_PER_UNIT = 5;
/** Larger buffers are not kept. */
const KEPT_UNITS = 1 << 18;
let kept = new Uint16Array(1 << 14);

function bufferOf(units: number): Uint16Array {
  if (units > KEPT_UNITS) return new Uint16Array(units);
  if (units > kept.length) kept = new Uint16Array(units);
  return kept;
}

/** Writes a code point and returns the new length. */
function put(codes: Uint16Array, length: number, code: number): number {
  if (code <= 0xffff) {
    codes[length] = code;
    return length + 1;
  }
  codes[length] = 0xd7c0 + (code >> 10);
  codes[length + 1] = 0xdc00 | (code & 0x3ff);
  return length + 2;
}

/** Number of arguments of one call. */
const CHUNK = 8192;

function textOf(codes: Uint16Array, length: number): string {
  let text = '';
  for (let at = 0; at < length; at += CHUNK)
    text += String.fromCharCode.apply(
      null,
      codes.subarray(at, Math.min(at + CHUNK, length)) as unknown as number[],
    );
  return text;
}

function padSymbol(character: string): string {
  return IS_SYMBOL.test(character) ? ` ${character} ` : character;
}

function entryOf(code: number): number {
  // Half of a pair is a separator. It is not in the table, because with its other half it is a character.
  if ((code & 0xf800) === 0xd800) return SEPARATOR | SPACE;
  const entry = computeEntry(code);
  table[code] = entry;
  return entry;
}

function entryBeyond(code: number): number {
  if (code <= 0xffff) return entryOf(code);
  let kind = beyond.get(code);
  if (kind === undefined) {
    kind = computeEntry(code) & KIND;
    // Deseret, Adlam and other scripts beyond U+FFFF with two cases are not folded.
    if (kind === EXPANDED || kind === ACCENTABLE) kind = WORD;
    if (beyond.size < MAX_BEYOND) beyond.set(code, kind);
  }
  return kind === SEPARATOR ? SEPARATOR | SPACE : kind;
}

function computeEntry(code: number): number {
  const character = String.fromCodePoint(code);
  if (IGNORABLE.test(character)) return IGNORED;
  if (!WORD_CHARACTER.test(character)) return SEPARATOR | (code < 0x80 ? code : SPACE);
  if (RUN_SCRIPT.test(character)) return RUN | code;
  if (MARK.test(character) && FREE_SCRIPT.test(character)) return ACCENT | code;
  const isAccented = ACCENTED_SCRIPT.test(character);
  const folded = isAccented ? foldAccented(character) : foldCase(character);
  if (folded.length !== 1) {
    expansions.set(code, folded);
    return EXPANDED;
  }
  return (isAccented ? ACCENTABLE : WORD) | folded.charCodeAt(0);
}

/** Folds the case as Unicode does: `ß` becomes `ss`, and both forms of a small sigma are one. */
function foldCase(text: string): string {
  return text.toUpperCase().toLowerCase();
}

function foldAccented(character: string): string {
  const plain = character.normalize('NFD').replace(MARKS, '');
  const folded = foldCase(plain === '' ? character : plain)
    .normalize('NFD')
    .replace(MARKS, '');
  return Array.from(folded, (each) => UNDECOMPOSED[each] ?? each).join('');
}

/** Whether a folded word belongs to a script that is stored as pairs. */
export function isRunCharacter(codePoint: number): boolean {
  const entry = codePoint > 0xffff ? entryBeyond(codePoint) : table[codePoint] || entryOf(codePoint);
  return (entry & KIND) === RUN;
}

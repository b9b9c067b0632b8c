import { isDigitAt } from '../text/chars.ts';

/** The kind of separator between two groups of digits. All separators of one number have the same kind. */
export type SeparatorKind = 'space' | 'line' | 'dash' | '.' | '/' | '+' | '_' | '·' | 'encoded';

export interface Separator {
  readonly kind: SeparatorKind;
  /** Index of the first digit after the separator. */
  readonly end: number;
}

/** All Unicode dashes and minus signs. */
const DASHES: ReadonlySet<number> = new Set([
  0x2d, 0xad, 0x2010, 0x2011, 0x2012, 0x2013, 0x2014, 0x2015, 0x2043, 0x2212, 0x301c, 0xfe58, 0xfe63, 0xff0d,
]);
const SPACES: ReadonlySet<number> = new Set([
  0x20, 0x09, 0xa0, 0x1680, 0x2000, 0x2001, 0x2002, 0x2003, 0x2004, 0x2005, 0x2006, 0x2007, 0x2008, 0x2009,
  0x200a, 0x202f, 0x205f, 0x3000,
]);
/** Separators that are a single character. */
const SINGLE: Readonly<Record<string, SeparatorKind>> = {
  '.': '.',
  '/': '/',
  '+': '+',
  _: '_',
  '·': '·',
  '•': '·',
};
/** Maximum length, for a dash or line break between spaces. An escaped `\r\n` has four characters. */
const MAX_LENGTH = 6;

/**
 * Returns the common kind of two separators, or undefined if they cannot be in one number. A space and a line break go
 * together, because text can wrap at a space.
 */
export function commonKind(one: SeparatorKind, other: SeparatorKind): SeparatorKind | undefined {
  if (one === other) return one;
  const isWhite = (kind: SeparatorKind) => kind === 'space' || kind === 'line';
  return isWhite(one) && isWhite(other) ? 'line' : undefined;
}

/** Returns the separator at `index` if a digit follows it. It includes white space around a dash or line break. */
export function separatorAt(text: string, index: number): Separator | undefined {
  let kind: SeparatorKind | undefined;
  let end = index;
  while (end - index <= MAX_LENGTH && !isDigitAt(text, end)) {
    const code = text.charCodeAt(end);
    let length = 1;
    let found: SeparatorKind | undefined;
    if (SPACES.has(code)) found = 'space';
    else if (DASHES.has(code)) found = 'dash';
    else if (code === 0x0a || code === 0x0d) found = 'line';
    else if (code === 0x5c && /[nrt]/.test(text.charAt(end + 1))) [found, length] = ['line', 2];
    else if (text.startsWith('%20', end))
      return isDigitAt(text, end + 3) ? { kind: 'encoded', end: end + 3 } : undefined;
    else found = SINGLE[text.charAt(end)];
    if (found === undefined) return undefined;
    // Spaces around another separator are part of it. Two different separators in a row are not allowed.
    if (kind === undefined || kind === 'space') kind = found;
    else if (found !== 'space' && !(found === 'line' && kind === 'line')) return undefined;
    end += length;
  }
  return kind !== undefined && isDigitAt(text, end) ? { kind, end } : undefined;
}

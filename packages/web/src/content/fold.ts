/** Maximum part of a long text that is shown before it is unfolded. */
export interface FoldLimit {
  readonly lines: number;
  readonly characters: number;
}

const LONG_TEXT: FoldLimit = { lines: 30, characters: 6000 };
/** Limit for system and developer messages, which are usually the same in every call. */
export const PREAMBLE: FoldLimit = { lines: 6, characters: 600 };
/** Number of characters that each click unfolds. A megabyte in one element would freeze the browser. */
const CHUNK = 100_000;

/** Returns the index at which a text is folded, or its length if it is short enough to be shown in full. */
export function foldPoint(text: string, { lines, characters }: FoldLimit = LONG_TEXT): number {
  let at = -1;
  for (let line = 0; line < lines; line++) {
    at = text.indexOf('\n', at + 1);
    if (at === -1) return text.length <= characters * 1.2 ? text.length : characters;
    if (at > characters) return characters;
  }
  // Folding would hide at most two short lines: show them instead.
  const next = text.indexOf('\n', at + 1);
  const isLast = next === -1 || text.indexOf('\n', next + 1) === -1;
  return isLast && text.length - at < 400 ? text.length : at;
}

/** Where to fold the text after the next click. `shown` is the number of characters that are shown now. */
export function nextFoldPoint(text: string, shown: number): number {
  return Math.min(text.length, Math.max(CHUNK, shown) + CHUNK);
}

/** Counts lines without splitting the text, which would create a string for every line. */
export function countLines(text: string): number {
  let lines = 1;
  for (let at = text.indexOf('\n'); at !== -1; at = text.indexOf('\n', at + 1)) lines += 1;
  return lines;
}

/** How much of a long text is shown at first. */
export interface FoldLimit {
  readonly lines: number;
  readonly characters: number;
}

const LONG_TEXT: FoldLimit = { lines: 30, characters: 6000 };
/** What stands before the part that is read: instructions that repeat from call to call. */
export const PREAMBLE: FoldLimit = { lines: 6, characters: 600 };
/** Unfolded, a text grows by this much at a time: a megabyte in one element freezes a browser. */
const CHUNK = 100_000;

/** The end of the first piece of a text. The whole length where it is short enough to be shown at once. */
export function foldPoint(text: string, { lines, characters }: FoldLimit = LONG_TEXT): number {
  let at = -1;
  for (let line = 0; line < lines; line++) {
    at = text.indexOf('\n', at + 1);
    if (at === -1) return text.length <= characters * 1.2 ? text.length : characters;
    if (at > characters) return characters;
  }
  // Two lines more are not worth a fold.
  const next = text.indexOf('\n', at + 1);
  const isLast = next === -1 || text.indexOf('\n', next + 1) === -1;
  return isLast && text.length - at < 400 ? text.length : at;
}

export function nextFoldPoint(text: string, shown: number): number {
  return Math.min(text.length, Math.max(CHUNK, shown) + CHUNK);
}

/** Counted without splitting: a megabyte of text would become as many strings. */
export function countLines(text: string): number {
  let lines = 1;
  for (let at = text.indexOf('\n'); at !== -1; at = text.indexOf('\n', at + 1)) lines += 1;
  return lines;
}

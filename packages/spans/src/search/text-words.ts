import { foldText, isRunCharacter } from './fold-text.ts';

/** A word of a text and its place there. A run of a script without spaces is one word. */
export interface TextWord {
  /** The folded word. Runs are not split into pairs. */
  readonly text: string;
  readonly isRun: boolean;
  /** Start of each character of `text` in the original. */
  readonly starts: readonly number[];
  /** End of the word in the original. */
  readonly end: number;
}

/** Characters of words, and characters without a meaning of their own between them. */
const WORDS = /[\p{L}\p{M}\p{N}\p{Default_Ignorable_Code_Point}]+/gu;
/** A character with the marks that NFKC may combine with it. */
const CLUSTER = /(?:[\u1100-\u11ff]+|\P{M})[\p{M}\p{Default_Ignorable_Code_Point}\uff9e\uff9f]*|\p{M}+/gu;

/** Splits a text into words, in the same way as `foldText`. */
export function wordsOfText(text: string): TextWord[] {
  const words: TextWord[] = [];
  for (const { 0: letters, index } of text.matchAll(WORDS)) {
    let word: { text: string; isRun: boolean; starts: number[]; end: number } | undefined;
    for (const { 0: cluster, index: at } of letters.matchAll(CLUSTER)) {
      for (const piece of piecesOf(cluster)) {
        if (word === undefined || word.isRun !== piece.isRun) {
          word = { ...piece, text: '', starts: [], end: 0 };
          words.push(word);
        }
        // If folding changed the number of characters, all of them get the start of the original.
        const step = piece.text.length === cluster.length ? 1 : 0;
        for (let unit = 0; unit < piece.text.length; unit++) word.starts.push(index + at + unit * step);
        word.text += piece.text;
        word.end = index + at + cluster.length;
      }
    }
  }
  return words;
}

interface Piece {
  readonly text: string;
  readonly isRun: boolean;
}

/** Folds one character, which can become several. */
function piecesOf(cluster: string): Piece[] {
  const pieces: { text: string; isRun: boolean }[] = [];
  for (const character of cluster.normalize('NFKC')) {
    const isRun = isRunCharacter(character.codePointAt(0) as number);
    const last = pieces.at(-1);
    if (last?.isRun === isRun) last.text += character;
    else pieces.push({ text: character, isRun });
  }
  return pieces.flatMap(({ text, isRun }) => {
    const folded = isRun ? text : foldText(text).trim();
    return folded === '' ? [] : [{ text: folded, isRun }];
  });
}

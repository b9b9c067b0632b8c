/** Lowercase words separated by single spaces, so that line breaks, markup and case do not hide a passage. */
export function wordsOf(text: string): string {
  return ` ${text
    .toLowerCase()
    .replace(/[^\p{L}\p{N}]+/gu, ' ')
    .trim()} `;
}

/** Passages have this many words: long enough not to be a common phrase. */
const PASSAGE_WORDS = 8;
/** Passages that are looked for in each document. */
const MOST_PASSAGES = 6;
/** Languages without spaces have no words to count, so a long text of few words is cut by length. */
const PASSAGE_CHARACTERS = 24;

/**
 * Passages of a document, spread over its whole length. A prompt may contain only a part of the document. Empty if the
 * document is too short to be recognised.
 */
export function passagesOf(words: string): readonly string[] {
  const list = words.trim().split(' ');
  if (list.length < PASSAGE_WORDS) {
    const text = words.trim();
    return text.length >= PASSAGE_CHARACTERS ? [text] : [];
  }
  const last = list.length - PASSAGE_WORDS;
  const step = Math.max(1, Math.floor(last / (MOST_PASSAGES - 1)));
  const passages = new Set<string>();
  for (let at = 0; at <= last && passages.size < MOST_PASSAGES; at += step)
    passages.add(` ${list.slice(at, at + PASSAGE_WORDS).join(' ')} `);
  return [...passages];
}

/** The share of runs of five words of `text` that also occur in `source`, from 0 to 1. Both come from {@link wordsOf}. */
export function repeatedShare(text: string, source: string): number {
  const list = text.trim().split(' ').slice(0, MOST_WORDS);
  const runs = list.length - RUN_WORDS + 1;
  if (runs < 1) return 0;
  let found = 0;
  for (let at = 0; at < runs; at++) {
    if (source.includes(` ${list.slice(at, at + RUN_WORDS).join(' ')} `)) found++;
  }
  return found / runs;
}

/** An answer repeats a document if {@link repeatedShare} is at least this. */
export const REPEATS = 0.2;

const RUN_WORDS = 5;
/** Longer answers are judged by their beginning. */
const MOST_WORDS = 300;

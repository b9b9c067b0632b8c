/**
 * Estimates how many tokens a language model reads for a text, without the vocabulary of a particular model. Up to seven ASCII
 * letters, three digits or two punctuation marks count as one token, two letters of Cyrillic, Greek and accented Latin as
 * well, and every other character by itself.
 *
 * The estimate is at least the count of OpenAI's `o200k_base` and mostly at most 1.5 times that count, so a text within a
 * budget of estimated tokens is also within a budget of real ones.
 */
const PIECES =
  / ?[A-Za-z]{1,7}|\d{1,3}|\s{1,16}|[!-/:-@[-`{-~]{1,2}| ?[\p{Script=Latin}\p{Script=Cyrillic}\p{Script=Greek}]{1,2}|[\s\S]/gu;

export function estimateTokens(text: string): number {
  // A search with `matchAll` starts at this index.
  PIECES.lastIndex = 0;
  let tokens = 0;
  for (const _piece of text.matchAll(PIECES)) tokens += 1;
  return tokens;
}

/** The index after the longest part of the text, starting at `from`, that has at most this many estimated tokens. */
export function endOfTokens(text: string, maxTokens: number, from = 0): number {
  let end = from;
  for (let tokens = 0; tokens < maxTokens && end < text.length; tokens += 1) {
    PIECES.lastIndex = end;
    const [piece = ''] = PIECES.exec(text) ?? [];
    end += piece.length;
  }
  return end;
}

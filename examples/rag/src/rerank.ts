import type { FoundPassage } from './vector-index.ts';

/** The usual constants of Okapi BM25. */
const SATURATION = 1.2;
const LENGTH_WEIGHT = 0.75;
/** How often the title of a passage is repeated, to give it more weight than the text. */
const TITLE_REPEATS = 2;

/** Returns the best passages. Half of the score is the match of their words, half is their vector similarity. */
export function rerank(question: string, passages: readonly FoundPassage[], keep: number): FoundPassage[] {
  const documents = passages.map((passage) =>
    words(`${`${passage.title} `.repeat(TITLE_REPEATS)}${passage.text}`),
  );
  const averageLength =
    documents.reduce((sum, document) => sum + document.length, 0) / Math.max(1, documents.length);
  const questionWords = [...new Set(words(question))];

  const lexical = documents.map((document) =>
    questionWords.reduce((sum, word) => {
      const count = document.filter((other) => other === word).length;
      const having = documents.filter((other) => other.includes(word)).length;
      const rarity = Math.log(1 + (documents.length - having + 0.5) / (having + 0.5));
      const length = 1 - LENGTH_WEIGHT + (LENGTH_WEIGHT * document.length) / averageLength;
      return sum + (rarity * count * (SATURATION + 1)) / (count + SATURATION * length);
    }, 0),
  );
  const best = Math.max(...lexical, Number.EPSILON);
  return passages
    .map((passage, index) => ({ ...passage, score: passage.score / 2 + (lexical[index] ?? 0) / best / 2 }))
    .sort((a, b) => b.score - a.score)
    .slice(0, keep);
}

function words(text: string): string[] {
  return (text.toLowerCase().match(/[\p{L}\p{N}]{3,}/gu) ?? []).map((word) =>
    word.replace(/(ing|ed|s)$/, ''),
  );
}

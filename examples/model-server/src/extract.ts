import { contentWords, sentences } from './words.ts';

/** A document in the prompt: `<document id="…" title="…">…</document>`. */
export interface ContextDocument {
  readonly id: string;
  readonly title: string;
  readonly text: string;
}

/** Returns the documents in a prompt, in order. */
export function findDocuments(prompt: string): ContextDocument[] {
  const pattern = /<document id="([^"<>]{1,200})"(?: title="([^"<>]{0,300})")?>([\s\S]*?)<\/document>/g;
  return [...prompt.matchAll(pattern)].map(([, id = '', title = '', text = '']) => ({
    id,
    title,
    text: text.trim(),
  }));
}

/** Returns the question in a message: the text after `Question:`, without documents and instructions. */
export function questionIn(text: string): string {
  return text
    .replace(/<document [\s\S]*?<\/document>/g, ' ')
    .replace(/^[\s\S]*\bQuestion:/, '')
    .replace(/\s+/g, ' ')
    .trim();
}

/** Weight of a word in the title, relative to the same word in the sentence. */
const TITLE_WEIGHT = 0.7;

/**
 * Returns the sentences that match the question best, with their sources as `[id]`, best first. Rare words weigh more
 * than common ones. Undefined if no sentence reaches the share `minimum` of the question's total weight.
 */
export function extractAnswer(
  question: string,
  documents: readonly ContextDocument[],
  minimum = 0.25,
): string | undefined {
  const weights = weigh(new Set(contentWords(question)), documents);
  const total = sum(weights.values());
  const scored = documents.flatMap((document) => {
    const title = new Set(contentWords(document.title));
    return sentences(document.text).map((sentence) => {
      const words = new Set(contentWords(sentence));
      const scores = [...weights].map(([word, weight]) =>
        words.has(word) ? weight : title.has(word) ? weight * TITLE_WEIGHT : 0,
      );
      return { document, sentence, score: sum(scores) };
    });
  });
  const best = Math.max(0, ...scored.map(({ score }) => score));
  if (total === 0 || best < total * minimum) return undefined;
  return scored
    .filter(({ score }) => score >= Math.max(best * 0.6, total * minimum))
    .sort((a, b) => b.score - a.score)
    .slice(0, 3)
    .map(({ sentence, document }) => `${sentence} [${document.id}]`)
    .join(' ');
}

/** Weighs words by rarity. A word that all documents contain weighs least. */
function weigh(words: ReadonlySet<string>, documents: readonly ContextDocument[]): Map<string, number> {
  const texts = documents.map(({ title, text }) => new Set(contentWords(`${title} ${text}`)));
  return new Map(
    [...words].map((word) => {
      const having = texts.filter((text) => text.has(word)).length;
      return [word, Math.log(1 + (documents.length + 1) / (having + 1))];
    }),
  );
}

function sum(values: Iterable<number>): number {
  return [...values].reduce((total, value) => total + value, 0);
}

/** Returns the first sentence of every document, with its source. */
export function summarise(documents: readonly ContextDocument[]): string {
  return documents.map((document) => `${sentences(document.text)[0] ?? ''} [${document.id}]`).join(' ');
}

import { contentWords, sentences } from './words.ts';

/** A passage that the prompt brings: `<document id="…" title="…">…</document>`. */
export interface ContextDocument {
  readonly id: string;
  readonly title: string;
  readonly text: string;
}

/** The documents in a prompt, in their order. */
export function findDocuments(prompt: string): ContextDocument[] {
  const pattern = /<document id="([^"<>]{1,200})"(?: title="([^"<>]{0,300})")?>([\s\S]*?)<\/document>/g;
  return [...prompt.matchAll(pattern)].map(([, id = '', title = '', text = '']) => ({
    id,
    title,
    text: text.trim(),
  }));
}

/** A question may come in one message with documents and instructions: what follows `Question:`, without documents. */
export function askedText(text: string): string {
  return text
    .replace(/<document [\s\S]*?<\/document>/g, ' ')
    .replace(/^[\s\S]*\bQuestion:/, '')
    .replace(/\s+/g, ' ')
    .trim();
}

/**
 * The sentences that say most about the question, quoted with their sources as `[id]`, in the order of relevance.
 * Absent where no sentence shares at least a quarter of the question's words.
 */
export function extractAnswer(question: string, documents: readonly ContextDocument[]): string | undefined {
  const wanted = new Set(contentWords(question));
  if (wanted.size === 0) return undefined;

  const scored = documents.flatMap((document) => {
    const titleHits = overlap(wanted, contentWords(document.title));
    return sentences(document.text).map((sentence) => {
      const hits = overlap(wanted, contentWords(sentence));
      return { document, sentence, hits, score: hits + titleHits / 2 };
    });
  });
  const best = scored
    .filter((entry) => entry.hits > 0 && entry.score >= wanted.size / 4)
    .sort((a, b) => b.score - a.score)
    .slice(0, 3);
  if (best.length === 0) return undefined;
  return best.map(({ sentence, document }) => `${sentence} [${document.id}]`).join(' ');
}

/** The first sentence of every document, with its source. */
export function summarise(documents: readonly ContextDocument[]): string {
  return documents.map((document) => `${sentences(document.text)[0] ?? ''} [${document.id}]`).join(' ');
}

function overlap(wanted: ReadonlySet<string>, words: readonly string[]): number {
  return new Set(words.filter((word) => wanted.has(word))).size;
}

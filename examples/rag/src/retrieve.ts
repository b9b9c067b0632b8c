import { chain, reranker, retriever } from '@throughline/sdk';
import type { Assistant } from './assistant.ts';
import { embedTexts } from './embedding.ts';
import { rerank } from './rerank.ts';
import type { FoundPassage } from './vector-index.ts';

const FOUND = 12;
const KEPT = 5;

/**
 * Finds the passages for a question in these steps:
 *
 *     retrieval
 *     ├─ embedding
 *     ├─ vector_search   12 documents
 *     └─ reranking        5 of 12
 */
export const retrieve = chain(
  async (assistant: Assistant, question: string): Promise<FoundPassage[]> => {
    const [vector = []] = await embedTexts(assistant.embeddings, 'embedding', [question]);
    return keepBest(question, search(question, vector, assistant));
  },
  {
    name: 'retrieval',
    input: (_assistant, question) => question,
    output: (kept) => (kept as FoundPassage[]).map(({ id, score }) => ({ id, score })),
  },
);

/** Records the question as query and the found passages as documents. */
const search = retriever(
  (_question: string, vector: readonly number[], { index }: Assistant) => index.search(vector, FOUND),
  {
    name: 'vector_search',
    topK: FOUND,
    attributes: { 'db.system.name': 'sqlite' },
    input: (question) => question,
    output: (found) =>
      (found as FoundPassage[]).map(({ title, ...passage }) => ({ ...passage, metadata: { title } })),
  },
);

const keepBest = reranker(
  (question: string, found: readonly FoundPassage[]) => rerank(question, found, KEPT),
  { name: 'reranking', topK: KEPT },
);

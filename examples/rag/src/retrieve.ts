import { getDocumentAttributes, getRetrieverAttributes } from '@arizeai/openinference-core';
import type { Attributes } from '@opentelemetry/api';
import type { Assistant } from './assistant.ts';
import { embedTexts } from './embedding.ts';
import { rerank } from './rerank.ts';
import { inSpan, valueAttributes } from './telemetry/spans.ts';
import type { FoundPassage } from './vector-index.ts';

const FOUND = 12;
const KEPT = 5;

/**
 *     retrieval
 *     ├─ embedding
 *     ├─ vector_search   12 documents
 *     └─ reranking        5 of 12
 */
export function retrieve(assistant: Assistant, question: string): Promise<FoundPassage[]> {
  const { tracer } = assistant;
  return inSpan(tracer, 'retrieval', 'CHAIN', valueAttributes('input', question), async (span) => {
    const [vector = []] = await embedTexts(assistant, 'embedding', [question]);
    const found = await search(assistant, question, vector);
    const kept = await keepBest(assistant, question, found);
    span.setAttributes(
      valueAttributes(
        'output',
        kept.map(({ id, score }) => ({ id, score })),
      ),
    );
    return kept;
  });
}

function search(assistant: Assistant, question: string, vector: readonly number[]): Promise<FoundPassage[]> {
  const attributes = { ...valueAttributes('input', question), 'db.system.name': 'sqlite' };
  return inSpan(assistant.tracer, 'vector_search', 'RETRIEVER', attributes, async (span) => {
    const found = assistant.index.search(vector, FOUND);
    span.setAttributes(
      getRetrieverAttributes({
        documents: found.map(({ id, title, text, score }) => ({
          id,
          score,
          content: text,
          metadata: { title },
        })),
      }),
    );
    return found;
  });
}

function keepBest(
  assistant: Assistant,
  question: string,
  found: readonly FoundPassage[],
): Promise<FoundPassage[]> {
  const attributes = {
    'reranker.query': question,
    'reranker.top_k': KEPT,
    ...documents('reranker.input_documents', found),
  };
  return inSpan(assistant.tracer, 'reranking', 'RERANKER', attributes, async (span) => {
    const kept = rerank(question, found, KEPT);
    span.setAttributes(documents('reranker.output_documents', kept));
    return kept;
  });
}

function documents(prefix: string, passages: readonly FoundPassage[]): Attributes {
  return Object.assign(
    {},
    ...passages.map(({ id, text, score }, index) =>
      getDocumentAttributes({ id, content: text, score }, index, prefix),
    ),
  );
}

import { list, number, present, record, text } from '../../core/json.ts';
import type { Operation } from '../operation.ts';

/** Reranking. Records the best documents with their texts and scores. Source: docs.cohere.com/v2/reference/rerank */
export const cohereRerank: Operation = {
  operation: 'rerank',
  kind: 'reranker',
  request: (body) => ({
    query: text(body.query),
    topK: number(body.topN),
    inputDocuments: () =>
      list(body.documents).map((document, index) => ({ id: String(index), content: contentOf(document) })),
  }),
  response: (answer, body) => {
    const { results, meta, id } = record(answer);
    const documents = list(body.documents);
    return {
      responseId: text(id),
      documents: () =>
        list(results).map((result) => {
          const { index, relevanceScore } = record(result);
          return present({
            id: typeof index === 'number' ? String(index) : undefined,
            content: contentOf(typeof index === 'number' ? documents[index] : undefined),
            score: number(relevanceScore),
          });
        }),
      attributes: present({
        'cohere.usage.search_units': number(record(record(meta).billedUnits).searchUnits),
      }),
    };
  },
};

function contentOf(document: unknown): string | undefined {
  return typeof document === 'string' ? document : text(record(document).text);
}

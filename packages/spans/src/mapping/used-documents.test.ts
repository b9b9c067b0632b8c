import { describe, expect, it } from 'vitest';
import { USED_DOCUMENTS_ATTRIBUTE } from '../dialects/generic/document-marks.ts';
import { type Plain, rawSpan } from '../testing/raw-span.ts';
import { mapContent } from './map-content.ts';
import { countUsedDocuments, markUsedDocuments } from './used-documents.ts';

const retriever = (documents: readonly object[], more: Record<string, Plain> = {}) =>
  mapContent(
    rawSpan({
      attributes: {
        'gen_ai.operation.name': 'retrieval',
        'gen_ai.retrieval.documents': JSON.stringify(documents),
        ...more,
      },
    }),
  );
const usedOf = (content: ReturnType<typeof retriever>) =>
  content.retrieval?.documents?.map(({ used }) => used ?? false);

describe('markUsedDocuments', () => {
  const found = retriever([{ id: 'a' }, { id: 'b' }, { id: 'c' }]);

  it('marks a document by its index on this span only', () => {
    const marked = markUsedDocuments(found, 'r', [
      { spanId: 'r', index: 2 },
      { spanId: 'other', index: 0 },
    ]);
    expect(usedOf(marked)).toEqual([false, false, true]);
    expect(countUsedDocuments(marked)).toBe(1);
  });

  it('marks a document by its id, even if the index is for another span', () => {
    const marked = markUsedDocuments(found, 'r', [{ spanId: 'reranker', index: 0, id: 'b' }, { id: 'a' }]);
    expect(usedOf(marked)).toEqual([true, true, false]);
  });

  it('counts a document once if several marks name it', () => {
    const marks = [{ id: 'a' }, { id: 'a' }, { spanId: 'r', index: 0 }];
    expect(countUsedDocuments(markUsedDocuments(found, 'r', marks))).toBe(1);
  });

  it('finds a document by its text if it has no id', () => {
    const texts = retriever([{ content: 'Free' }, { content: 'Paid' }, {}]);
    expect(usedOf(markUsedDocuments(texts, 'r', [{ id: 'Paid' }]))).toEqual([false, true, false]);
  });

  it('marks the input documents of a reranker by id, not by index', () => {
    const reranked = retriever([{ id: 'b' }], {
      'throughline.reranker.input_documents': '[{"id":"a"},{"id":"b"}]',
    });
    const marked = markUsedDocuments(reranked, 'r', [{ spanId: 'r', index: 0, id: 'b' }]);
    expect(marked.retrieval).toMatchObject({
      inputDocuments: [{ id: 'a' }, { id: 'b', used: true }],
      documents: [{ id: 'b', used: true }],
    });
    expect(marked.retrieval?.inputDocuments?.[0]).not.toHaveProperty('used');
  });

  it('returns the same object if there are no marks', () => {
    expect(markUsedDocuments(found, 'r', [])).toBe(found);
    expect(usedOf(found)).toEqual([false, false, false]);
  });
});

it('mapContent marks the documents that their own span reports as used', () => {
  const span = rawSpan({
    attributes: {
      'gen_ai.operation.name': 'retrieval',
      'gen_ai.retrieval.documents': '[{"id":"a"},{"id":"b"}]',
      [USED_DOCUMENTS_ATTRIBUTE]: '[{"id":"b"}]',
    },
  });
  expect(mapContent(span)).toMatchObject({
    usedDocuments: [{ id: 'b' }],
    retrieval: { documents: [{ id: 'a' }, { id: 'b', used: true }] },
  });
});

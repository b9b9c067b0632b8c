import type { Document, DocumentMark, SpanContent } from '../model/content.ts';

/** Returns the content of a span with `used` set on all documents that a mark refers to, by position or by id. */
export function markUsedDocuments(
  content: SpanContent,
  spanId: string,
  marks: readonly DocumentMark[],
): SpanContent {
  const { retrieval } = content;
  if (!retrieval || marks.length === 0) return content;
  const positions = new Set(marks.flatMap((mark) => (mark.spanId === spanId ? (mark.index ?? []) : [])));
  const ids = new Set(marks.flatMap(({ id }) => id ?? []));
  // Documents that are plain texts have no ids. The SDK uses the text itself as id.
  const hasMarkedId = ({ id, content: text }: Document) => ids.has(id ?? text ?? '');
  const marked = (documents: readonly Document[], isUsed: (document: Document, i: number) => boolean) =>
    documents.map((document, i) => (isUsed(document, i) ? { ...document, used: true as const } : document));
  const { documents, inputDocuments } = retrieval;
  return {
    ...content,
    retrieval: {
      ...retrieval,
      // Positions refer to output documents. Input documents are recognised only by their id.
      ...(inputDocuments && { inputDocuments: marked(inputDocuments, hasMarkedId) }),
      ...(documents && {
        documents: marked(documents, (found, i) => positions.has(i) || hasMarkedId(found)),
      }),
    },
  };
}

/** Returns the number of output documents that are marked as used. */
export function countUsedDocuments({ retrieval }: SpanContent): number {
  return retrieval?.documents?.filter(({ used }) => used).length ?? 0;
}

import type { Document, DocumentMark, SpanContent } from '../model/content.ts';

/** The content of span `spanId` with `used` on every document that a mark names: in its place, or by its id. */
export function markUsedDocuments(
  content: SpanContent,
  spanId: string,
  marks: readonly DocumentMark[],
): SpanContent {
  const { retrieval } = content;
  if (!retrieval || marks.length === 0) return content;
  const places = new Set(marks.flatMap((mark) => (mark.spanId === spanId ? (mark.index ?? []) : [])));
  const ids = new Set(marks.flatMap(({ id }) => id ?? []));
  // A retriever of plain texts gives no ids: there the text itself is the name.
  const isNamed = ({ id, content: text }: Document) => ids.has(id ?? text ?? '');
  const marked = (documents: readonly Document[], isUsed: (document: Document, i: number) => boolean) =>
    documents.map((document, i) => (isUsed(document, i) ? { ...document, used: true as const } : document));
  const { documents, inputDocuments } = retrieval;
  return {
    ...content,
    retrieval: {
      ...retrieval,
      // Places count what came out; what went in is known by its id alone.
      ...(inputDocuments && { inputDocuments: marked(inputDocuments, isNamed) }),
      ...(documents && { documents: marked(documents, (found, i) => places.has(i) || isNamed(found)) }),
    },
  };
}

/** How many of the documents that came out are marked. */
export function countUsedDocuments({ retrieval }: SpanContent): number {
  return retrieval?.documents?.filter(({ used }) => used).length ?? 0;
}

import { asJson, isRecord, nonEmpty } from '../attributes/attribute-readers.ts';
import type { Document, SpanContent } from '../model/content.ts';
import type { Attributes } from '../model/raw-span.ts';

/** Where Throughline's SDK writes which documents an answer was made from: on the span that used them. */
export const USED_DOCUMENTS_ATTRIBUTE = 'throughline.documents.used';

/** One document that an answer was made from: by the place where it was found, by its id, or by both. */
export interface DocumentMark {
  /** The retriever or reranker that gave it, and its place there, from 0. */
  readonly spanId?: string;
  readonly index?: number;
  readonly id?: string;
}

/** Of one span; the SDK writes no more either. */
const MAX_MARKS = 1_000;

/** A JSON array of `{spanId, index, id}`; marks that name nothing are left out. Undefined where none is left. */
export function documentMarksOf(attributes: Attributes): readonly DocumentMark[] | undefined {
  const value = attributes.get(USED_DOCUMENTS_ATTRIBUTE);
  const list = value === undefined ? undefined : asJson(value);
  if (!Array.isArray(list)) return undefined;
  return nonEmpty(list.slice(0, MAX_MARKS).flatMap((item) => toMark(item) ?? []));
}

function toMark(item: unknown): DocumentMark | undefined {
  if (!isRecord(item)) return undefined;
  const { spanId, index, id } = item;
  const hasPlace = typeof spanId === 'string' && spanId !== '' && isIndex(index);
  const hasId = typeof id === 'string' && id !== '';
  if (!hasPlace && !hasId) return undefined;
  return { ...(hasPlace && { spanId, index }), ...(hasId && { id }) };
}

const isIndex = (value: unknown): value is number => Number.isSafeInteger(value) && (value as number) >= 0;

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

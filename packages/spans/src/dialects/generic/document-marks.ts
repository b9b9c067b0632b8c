import { asJson, isRecord, nonEmpty } from '../../attributes/attribute-readers.ts';
import type { DocumentMark } from '../../model/content.ts';
import type { Attributes } from '../../model/raw-span.ts';

/** Where Throughline's SDK writes which documents an answer was made from: on the span that used them. */
export const USED_DOCUMENTS_ATTRIBUTE = 'throughline.documents.used';

/** Limit per span. The SDK writes no more either. */
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

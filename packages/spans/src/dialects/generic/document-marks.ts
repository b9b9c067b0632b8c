import { asJson, isRecord, nonEmpty } from '../../attributes/attribute-readers.ts';
import type { DocumentMark } from '../../model/content.ts';
import type { Attributes } from '../../model/raw-span.ts';

/** Attribute with which Throughline's SDK marks the documents that the answer of a span uses. */
export const USED_DOCUMENTS_ATTRIBUTE = 'throughline.documents.used';

/** Maximum number of marks per span. The SDK has the same limit. */
const MAX_MARKS = 1_000;

/** Reads a JSON array of `{spanId, index, id}`. Skips marks without a reference. Undefined if there are none. */
export function documentMarksOf(attributes: Attributes): readonly DocumentMark[] | undefined {
  const value = attributes.get(USED_DOCUMENTS_ATTRIBUTE);
  const list = value === undefined ? undefined : asJson(value);
  if (!Array.isArray(list)) return undefined;
  return nonEmpty(list.slice(0, MAX_MARKS).flatMap((item) => toMark(item) ?? []));
}

function toMark(item: unknown): DocumentMark | undefined {
  if (!isRecord(item)) return undefined;
  const { spanId, index, id } = item;
  const hasPosition = typeof spanId === 'string' && spanId !== '' && isIndex(index);
  const hasId = typeof id === 'string' && id !== '';
  if (!hasPosition && !hasId) return undefined;
  return { ...(hasPosition && { spanId, index }), ...(hasId && { id }) };
}

const isIndex = (value: unknown): value is number => Number.isSafeInteger(value) && (value as number) >= 0;

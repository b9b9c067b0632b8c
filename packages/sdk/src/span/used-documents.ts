import type { Span as OtelSpan } from '@opentelemetry/api';
import type { DocumentMark } from '@throughline/spans';
import { KEYS } from '../core/semconv.ts';
import { documentMarks, MAX_DOCUMENTS } from './documents.ts';
import type { Span } from './span.ts';
import { activeSpan } from './start-span.ts';

/** Keyed by OpenTelemetry span, because spans of other instrumentations get a new handle on each access. */
const marksOf = new WeakMap<OtelSpan, Map<string, DocumentMark>>();

/**
 * Marks retrieved documents as used in the answer. The marks are set on the active span or on the given one; further
 * calls add to them, without duplicates and up to 1,000 per span. Documents that a traced `retriever` or `reranker`
 * returned are recognised by object identity, others by their id. You can also pass ids as strings.
 *
 * @example
 * const documents = await search(question);
 * markUsed(documents.slice(0, 3));
 */
export function markUsed(documents: readonly unknown[], span: Span | undefined = activeSpan()): void {
  if (!span?.isRecording) return;
  const { otel } = span;
  span.set({ [KEYS.usedDocuments]: { always: () => [...addMarks(otel, documents).values()] } });
}

function addMarks(otel: OtelSpan, documents: readonly unknown[]): Map<string, DocumentMark> {
  const marks = marksOf.get(otel) ?? new Map<string, DocumentMark>();
  marksOf.set(otel, marks);
  for (const mark of documentMarks(documents)) {
    if (marks.size >= MAX_DOCUMENTS) break;
    marks.set(`${mark.spanId} ${mark.index} ${mark.id}`, mark);
  }
  return marks;
}

import type { Span as OtelSpan } from '@opentelemetry/api';
import type { DocumentMark } from '@throughline/spans';
import { KEYS } from '../core/semconv.ts';
import { documentMarks, MAX_DOCUMENTS } from './documents.ts';
import { activeSpan, type Span } from './span.ts';

/** By the OpenTelemetry span underneath: a span of another instrumentation gets a new handle each time. */
const marksOf = new WeakMap<OtelSpan, Map<string, DocumentMark>>();

/**
 * Marks documents as those that the answer was made from, on the active span (or the one given). Called again, it adds
 * to what is marked there; a document is marked once, and of one span the first thousand are.
 * Documents are recognised by identity where an observed `retriever` or `reranker` returned them, else by their id;
 * ids as strings will do too.
 *
 * @example const documents = await search(question); markUsed(documents.slice(0, 3));
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

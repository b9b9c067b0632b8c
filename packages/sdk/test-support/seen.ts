import { mapContent, mapFacts } from '@throughline/spans';
import type { RecordedSpan } from '../src/core/in-memory-exporter.ts';
import { rawSpanOf } from '../src/core/raw-span.ts';

/** What the server would make of a span. */
export function seen(span: RecordedSpan | undefined) {
  if (span === undefined) throw new Error('expected a span');
  const raw = rawSpanOf(span.otel);
  return { ...mapFacts(raw), content: mapContent(raw) };
}

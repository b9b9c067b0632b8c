import { mapContent, mapFacts } from '@throughline/spans';
import { rawSpanOf } from '../src/core/raw-span.ts';
import type { RecordedSpan } from '../src/setup/in-memory-exporter.ts';

/** Maps a recorded span to facts and content, as the server does. */
export function seen(span: RecordedSpan | undefined) {
  if (span === undefined) throw new Error('expected a span');
  const raw = rawSpanOf(span.otel);
  return { ...mapFacts(raw), content: mapContent(raw) };
}

import type { SpanSummary } from '../../api/types.ts';

type Call = Pick<SpanSummary, 'spanId' | 'kind' | 'parentSpanId' | 'startTime'>;

/**
 * Finds the previous model call: the latest one that started before `span`. Calls with the same parent are preferred to
 * others in the trace.
 */
export function callBefore(spans: readonly Call[], span: Call): string | undefined {
  const earlier = spans.filter((other) => other.kind === 'llm' && other.startTime < span.startTime);
  const siblings = earlier.filter((other) => other.parentSpanId === span.parentSpanId);
  const candidates = siblings.length > 0 ? siblings : earlier;
  return candidates.reduce<Call | undefined>(
    (latest, other) => (latest && latest.startTime > other.startTime ? latest : other),
    undefined,
  )?.spanId;
}

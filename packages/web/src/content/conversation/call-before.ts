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

/** Number of later calls in which a result is searched for. */
const MOST_LATER = 3;

/** The next model calls after the start of `span`, the earliest first. */
export function callsAfter(
  spans: readonly Call[],
  span: Pick<Call, 'startTime' | 'spanId'>,
): readonly string[] {
  return spans
    .filter((other) => other.kind === 'llm' && other.startTime > span.startTime)
    .toSorted((a, b) => (a.startTime < b.startTime ? -1 : 1))
    .slice(0, MOST_LATER)
    .map(({ spanId }) => spanId);
}

/** The last model calls that started before `span`, the latest first. */
export function callsBefore(
  spans: readonly Call[],
  span: Pick<Call, 'startTime' | 'spanId'>,
): readonly string[] {
  return spans
    .filter((other) => other.kind === 'llm' && other.startTime <= span.startTime)
    .toSorted((a, b) => (a.startTime > b.startTime ? -1 : 1))
    .slice(0, MOST_LATER)
    .map(({ spanId }) => spanId);
}

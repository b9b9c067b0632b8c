import type { CriticalPath } from './critical-path.ts';
import type { LayoutSpan, TraceLayout } from './trace-layout.ts';

/** The spans of a trace to look at first. */
export interface NotableSpans<S extends LayoutSpan> {
  /** Where errors started, by start time. */
  readonly errors: readonly S[];
  /** Absent if no call has a price. */
  readonly mostExpensive?: S;
  /** The span that the trace waited for longest. Absent if no span stands out. */
  readonly slowest?: S;
}

/** If the trace waited less than this share of its time for the slowest span, the span is not worth naming. */
const WORTH_NAMING = 0.03;

/** Chooses the spans by the same rules as the conclusion. */
export function notableSpans<S extends LayoutSpan>(
  layout: TraceLayout<S>,
  { criticalMs, totalMs }: CriticalPath,
): NotableSpans<S> {
  const { spans } = layout;
  const [expensive] = callsByCost(layout);
  let slowest = 0;
  for (let i = 1; i < spans.length; i++)
    if ((criticalMs[i] as number) > (criticalMs[slowest] as number)) slowest = i;
  // In a trace of one span there is nothing to compare.
  const standsOut = spans.length > 1 && (criticalMs[slowest] as number) > WORTH_NAMING * totalMs;
  return {
    errors: errorOrigins(layout).map((i) => spans[i] as S),
    ...(expensive !== undefined && { mostExpensive: spans[expensive] as S }),
    ...(standsOut && { slowest: spans[slowest] as S }),
  };
}

/**
 * Indexes of the failed spans without failed descendants, by start time: where errors started rather than where they were
 * passed on.
 */
export function errorOrigins(layout: TraceLayout): readonly number[] {
  const { spans, end, startMs } = layout;
  const failedBefore = countFailed(layout);
  const origins: number[] = [];
  spans.forEach((span, i) => {
    if (span.status === 'error' && failedBefore[end[i] as number] === failedBefore[i + 1]) origins.push(i);
  });
  return origins.sort((a, b) => (startMs[a] as number) - (startMs[b] as number) || a - b);
}

/** Indexes of the calls that have a price, the most expensive first. */
export function callsByCost({ spans }: TraceLayout): readonly number[] {
  const priced: number[] = [];
  spans.forEach(({ counted, costUsd }, i) => {
    if (counted && costUsd !== null && costUsd > 0) priced.push(i);
  });
  const costOf = (i: number) => spans[i]?.costUsd ?? 0;
  return priced.sort((a, b) => costOf(b) - costOf(a) || a - b);
}

/** Counts the failed spans before each index, so that the failed descendants of a span are one subtraction. */
function countFailed({ spans }: TraceLayout): Int32Array {
  const counts = new Int32Array(spans.length + 1);
  spans.forEach((span, i) => {
    counts[i + 1] = (counts[i] as number) + Number(span.status === 'error');
  });
  return counts;
}

import type { TraceLayout } from './layout.ts';

/** The spans to look at first, as indexes into the layout. */
export interface Conclusion {
  /** The span with the most self time, and its share of the trace from 0 to 1. Absent if no span stands out. */
  readonly slowest?: { readonly index: number; readonly share: number };
  /** Absent if no call has a price. */
  readonly mostExpensive?: { readonly index: number; readonly costUsd: number };
  /** Failed spans without failed descendants, by start time: where errors started rather than where they were passed on. */
  readonly errors: readonly number[];
  /** Priced calls, most expensive first. */
  readonly byCost: readonly number[];
}

/** If the slowest span has less than this share of the trace, it is not worth naming. */
const WORTH_NAMING = 0.03;

export function concludeTrace(layout: TraceLayout): Conclusion {
  let slowest = -1;
  const errors: number[] = [];
  const failedBefore = countFailed(layout);
  const byCost: number[] = [];
  layout.spans.forEach((span, i) => {
    if (slowest < 0 || (layout.selfMs[i] as number) > (layout.selfMs[slowest] as number)) slowest = i;
    if (span.status === 'error' && failedBefore[layout.end[i] as number] === failedBefore[i + 1])
      errors.push(i);
    if (span.counted && span.costUsd !== null && span.costUsd > 0) byCost.push(i);
  });
  const costOf = (i: number) => layout.spans[i]?.costUsd ?? 0;
  byCost.sort((a, b) => costOf(b) - costOf(a) || a - b);
  errors.sort((a, b) => (layout.startMs[a] as number) - (layout.startMs[b] as number) || a - b);
  const [mostExpensive] = byCost;
  const slowestMs = slowest < 0 ? 0 : (layout.selfMs[slowest] as number);
  return {
    // In a trace of one span there is nothing to compare.
    ...(layout.spans.length > 1 &&
      slowestMs > layout.totalMs * WORTH_NAMING && {
        slowest: { index: slowest, share: slowestMs / layout.totalMs },
      }),
    ...(mostExpensive !== undefined && {
      mostExpensive: { index: mostExpensive, costUsd: costOf(mostExpensive) },
    }),
    errors,
    byCost,
  };
}

/** Counts the failed spans before each index, so that the failed descendants of a span are one subtraction. */
function countFailed(layout: TraceLayout): Int32Array {
  const counts = new Int32Array(layout.spans.length + 1);
  layout.spans.forEach((span, i) => {
    counts[i + 1] = (counts[i] as number) + Number(span.status === 'error');
  });
  return counts;
}

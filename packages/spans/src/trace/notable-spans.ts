import type { TraceLayout } from './trace-layout.ts';

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

import type { TraceSummary } from '../../api/types.ts';

/** Whether the list shows at least one of the traces. */
export function touches(
  traceIds: readonly (string | null)[],
  shown: readonly Pick<TraceSummary, 'traceId'>[],
): boolean {
  const known = new Set<string | null>(shown.map((trace) => trace.traceId));
  return traceIds.some((traceId) => known.has(traceId));
}

/**
 * Ids of the traces that a list does not show yet. If the list has further pages that are not loaded, `since` is the start
 * of the oldest trace it shows: traces before it belong to those pages and are not new.
 */
export function newTraceIds(
  event: { readonly spans: readonly Pick<TraceSummary, 'traceId' | 'startTime'>[] },
  shown: readonly Pick<TraceSummary, 'traceId'>[],
  since: string | undefined,
): readonly string[] {
  const known = new Set(shown.map((trace) => trace.traceId));
  const fresh = event.spans.filter(
    ({ traceId, startTime }) => !known.has(traceId) && !(since !== undefined && startTime < since),
  );
  return [...new Set(fresh.map(({ traceId }) => traceId))];
}

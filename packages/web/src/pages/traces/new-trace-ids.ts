import type { TraceSummary } from '../../api/types.ts';

/** Whether some of the traces are shown. */
export function touches(
  traceIds: readonly (string | null)[],
  shown: readonly Pick<TraceSummary, 'traceId'>[],
): boolean {
  const known = new Set<string | null>(shown.map((trace) => trace.traceId));
  return traceIds.some((traceId) => known.has(traceId));
}

/**
 * Traces of a live event that a list does not show yet. `since`: start of the oldest one that it shows, where older
 * ones follow on pages that are not read yet: spans of those are nothing new.
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

import { type InfiniteData, useInfiniteQuery, useQuery, useQueryClient } from '@tanstack/react-query';
import { useCallback, useMemo } from 'react';
import { type TraceListQuery, traceListQuery, tracesSummaryQuery } from '../../api/queries.ts';
import type { TraceList, TraceSummary } from '../../api/types.ts';
import { boundsOf, printTimeRange } from '../../time-range.ts';
import type { TracesView } from './url.ts';

export const SUMMARY_BUCKETS = 60;

/** The list behind a view, page by page, and the figures above it. */
export function useTraces(view: TracesView, project: string | undefined, refetchOnMount: boolean) {
  const client = useQueryClient();
  const { range, sort } = view;
  const name = JSON.stringify([project, printTimeRange(range), sort]);
  const ask = useCallback(
    (): TraceListQuery => ({
      project: project ?? '',
      from: new Date(boundsOf(range, Date.now()).fromMs).toISOString(),
      ...(range.kind === 'between' && { to: new Date(range.toMs).toISOString() }),
      sort,
    }),
    [project, range, sort],
  );
  const listQuery = traceListQuery(name, ask);
  const list = useInfiniteQuery({ ...listQuery, enabled: project !== undefined, refetchOnMount });
  const summary = useQuery({
    ...tracesSummaryQuery(name, ask, SUMMARY_BUCKETS),
    enabled: project !== undefined,
  });

  const traces = useMemo<readonly TraceSummary[]>(
    () => withoutRepeats(list.data?.pages.flatMap((page) => page.traces) ?? []),
    [list.data],
  );

  /** Back to the newest page, asked again. What is on the screen stays until the answer is there. */
  const refresh = useCallback(async () => {
    client.setQueryData<InfiniteData<TraceList, string | null>>(['traces', name], (data) =>
      data ? { pages: data.pages.slice(0, 1), pageParams: data.pageParams.slice(0, 1) } : data,
    );
    await Promise.all([
      client.invalidateQueries({ queryKey: ['traces', name] }),
      client.invalidateQueries({ queryKey: ['traces-summary', name] }),
    ]);
  }, [client, name]);

  return { list, summary, traces, refresh };
}

/** A trace that got its first span between two pages may stand on both. */
function withoutRepeats(traces: readonly TraceSummary[]): readonly TraceSummary[] {
  const seen = new Set<string>();
  return traces.filter(({ traceId }) => !seen.has(traceId) && seen.add(traceId));
}

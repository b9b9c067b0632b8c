import { type InfiniteData, useInfiniteQuery, useQuery, useQueryClient } from '@tanstack/react-query';
import { useCallback, useMemo } from 'react';
import { readTraces, type TraceListQuery, traceListQuery, tracesSummaryQuery } from '../../api/queries.ts';
import type { TraceList, TraceSummary } from '../../api/types.ts';
import { boundsOf, printTimeRange } from '../../url/time-range.ts';
import type { TracesView } from './url.ts';

const SUMMARY_BUCKETS = 60;

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
    client.setQueryData<TraceListData>(['traces', name], (data) =>
      data ? { pages: data.pages.slice(0, 1), pageParams: data.pageParams.slice(0, 1) } : data,
    );
    await Promise.all([
      client.invalidateQueries({ queryKey: ['traces', name] }),
      client.invalidateQueries({ queryKey: ['traces-summary', name] }),
    ]);
  }, [client, name]);

  /** What is on the screen anew, in its place, and nothing else: new traces stay where they wait. */
  const renew = useCallback(async () => {
    const key = ['traces', name];
    const shown = client.getQueryData<TraceListData>(key)?.pages.length ?? 0;
    if (shown === 0) return;
    const { traces: newest } = await readTraces(ask(), RENEWED, null);
    const byId = new Map(newest.map((trace) => [trace.traceId, trace]));
    client.setQueryData<TraceListData>(key, (data) => data && withRenewed(data, byId));
  }, [client, name, ask]);

  return { list, summary, traces, refresh, renew };
}

type TraceListData = InfiniteData<TraceList, string | null>;

/** As many as a reader sees at once, and those that arrived since. */
const RENEWED = 200;

function withRenewed(data: TraceListData, byId: ReadonlyMap<string, TraceSummary>): TraceListData {
  const renewed = (trace: TraceSummary) => byId.get(trace.traceId) ?? trace;
  return { ...data, pages: data.pages.map((page) => ({ ...page, traces: page.traces.map(renewed) })) };
}

/** A trace that got its first span between two pages may stand on both. */
function withoutRepeats(traces: readonly TraceSummary[]): readonly TraceSummary[] {
  const seen = new Set<string>();
  return traces.filter(({ traceId }) => !seen.has(traceId) && seen.add(traceId));
}

import { type InfiniteData, useInfiniteQuery, useQuery, useQueryClient } from '@tanstack/react-query';
import { useCallback, useMemo } from 'react';
import { readTraces, type TraceListQuery, traceListQuery, tracesSummaryQuery } from '../../api/queries.ts';
import type { TraceList, TraceSummary } from '../../api/types.ts';
import { boundsOf, printTimeRange } from '../../url/time-range.ts';
import type { TracesView } from './url.ts';

const SUMMARY_BUCKETS = 60;

interface UseTracesOptions {
  readonly refetchOnMount: boolean;
  /** False: nothing is asked, as the filter cannot be understood. */
  readonly enabled: boolean;
}

/** The list behind a view, page by page, and the figures above it. */
export function useTraces(view: TracesView, project: string | undefined, options: UseTracesOptions) {
  const client = useQueryClient();
  const { range, sort, q } = view;
  const enabled = options.enabled && project !== undefined;
  const name = JSON.stringify([project, printTimeRange(range), q, sort]);
  const ask = useCallback(
    (): TraceListQuery => ({
      project: project ?? '',
      from: new Date(boundsOf(range, Date.now()).fromMs).toISOString(),
      ...(range.kind === 'between' && { to: new Date(range.toMs).toISOString() }),
      sort,
      ...(q !== '' && { q }),
    }),
    [project, range, q, sort],
  );
  const listQuery = traceListQuery(name, ask);
  const list = useInfiniteQuery({ ...listQuery, enabled, refetchOnMount: options.refetchOnMount });
  const summary = useQuery({
    ...tracesSummaryQuery(name, ask, SUMMARY_BUCKETS),
    enabled,
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

  /**
   * Reads the newest traces and updates those that the list shows. New ones are returned, but not added to the list.
   */
  const renew = useCallback(async (): Promise<readonly TraceSummary[]> => {
    const key = ['traces', name];
    const shown = client.getQueryData<TraceListData>(key)?.pages.length ?? 0;
    if (shown === 0) return [];
    const { traces: newest } = await readTraces(ask(), RENEWED, null);
    const byId = new Map(newest.map((trace) => [trace.traceId, trace]));
    client.setQueryData<TraceListData>(key, (data) => data && withRenewed(data, byId));
    return newest;
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

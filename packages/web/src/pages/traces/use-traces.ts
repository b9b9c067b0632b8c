import { type InfiniteData, useInfiniteQuery, useQuery, useQueryClient } from '@tanstack/react-query';
import { useCallback, useMemo } from 'react';
import { readTraces, type TraceListQuery, traceListQuery, tracesSummaryQuery } from '../../api/queries.ts';
import type { TraceList, TraceSummary } from '../../api/types.ts';
import { boundsOf, printTimeRange } from '../../url/time-range.ts';
import type { TracesView } from './url.ts';

const SUMMARY_BUCKETS = 60;

interface UseTracesOptions {
  readonly refetchOnMount: boolean;
  /** Whether to send requests; false if the filter cannot be parsed. */
  readonly enabled: boolean;
}

/** Loads the list of traces for a view page by page, and its summary. */
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

  /** Reloads the list from its first page. The current rows stay on the screen until the response arrives. */
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

/** Number of newest traces to read for an update: about two screens. */
const RENEWED = 200;

function withRenewed(data: TraceListData, byId: ReadonlyMap<string, TraceSummary>): TraceListData {
  const renewed = (trace: TraceSummary) => byId.get(trace.traceId) ?? trace;
  return { ...data, pages: data.pages.map((page) => ({ ...page, traces: page.traces.map(renewed) })) };
}

/** Removes repeated traces. A trace can be on two pages if its first span arrived after the first page was read. */
function withoutRepeats(traces: readonly TraceSummary[]): readonly TraceSummary[] {
  const seen = new Set<string>();
  return traces.filter(({ traceId }) => !seen.has(traceId) && seen.add(traceId));
}

import { infiniteQueryOptions, keepPreviousData, queryOptions } from '@tanstack/react-query';
import { answerOf, api } from './client.ts';
import type { paths } from './schema.generated.d.ts';
import type { TraceList } from './types.ts';

/** A sort order of the API, such as `-startTime`. */
type TraceSort = NonNullable<NonNullable<paths['/api/v1/traces']['get']['parameters']['query']>['sort']>;

export interface TraceListQuery {
  readonly project: string;
  /** ISO 8601. If absent, the range has no limit on this side. */
  readonly from?: string;
  readonly to?: string;
  readonly sort?: TraceSort;
  /** Filter; absent: all traces. */
  readonly q?: string;
}

const PAGE_SIZE = 100;

export const projectsQuery = queryOptions({
  queryKey: ['projects'],
  queryFn: ({ signal }) => answerOf(api.GET('/api/v1/projects', { signal })),
  staleTime: 10_000,
});

/** Reads one page of traces; the first one if `cursor` is null. */
export function readTraces(
  query: TraceListQuery,
  limit: number,
  cursor: string | null,
  signal?: AbortSignal,
): Promise<TraceList> {
  return answerOf(
    api.GET('/api/v1/traces', {
      params: { query: { ...query, limit, ...(cursor === null ? {} : { cursor }) } },
      ...(signal && { signal }),
    }),
  );
}

/**
 * `view` identifies the view in the cache, with a relative range as the user chose it ("last 24 h"). `ask` computes the
 * absolute times when the request is sent.
 */
export function traceListQuery(view: string, ask: () => TraceListQuery) {
  return infiniteQueryOptions({
    queryKey: ['traces', view],
    initialPageParam: null as string | null,
    queryFn: ({ pageParam, signal }) => readTraces(ask(), PAGE_SIZE, pageParam, signal),
    getNextPageParam: (page) => page.nextCursor,
    placeholderData: keepPreviousData,
    staleTime: 30_000,
    gcTime: 15 * 60_000,
  });
}

export function tracesSummaryQuery(view: string, ask: () => TraceListQuery, buckets: number) {
  return queryOptions({
    queryKey: ['traces-summary', view, buckets],
    queryFn: ({ signal }) => {
      const { sort: _, ...query } = ask();
      return answerOf(
        api.GET('/api/v1/traces/summary', {
          params: { query: { ...query, buckets } },
          signal,
        }),
      );
    },
    placeholderData: keepPreviousData,
    staleTime: 30_000,
  });
}

type ValuesQuery = NonNullable<paths['/api/v1/traces/values']['get']['parameters']['query']>;

/**
 * Reads the values of a field, most frequent first. `range` identifies the time range in the cache. `bounds` computes its
 * absolute times when the request is sent.
 */
export function traceValuesQuery(
  query: Omit<ValuesQuery, 'from' | 'to'>,
  range: string,
  bounds: () => { readonly from: string; readonly to?: string },
) {
  return queryOptions({
    queryKey: ['trace-values', query, range],
    queryFn: ({ signal }) =>
      answerOf(api.GET('/api/v1/traces/values', { params: { query: { ...query, ...bounds() } }, signal })),
    staleTime: 30_000,
  });
}

/** Finds the project that has the most spans of a trace. */
export function projectOfTraceQuery(traceId: string) {
  return queryOptions({
    queryKey: ['project-of', traceId],
    queryFn: async ({ signal }) => {
      const path = { traceId };
      const request = api.GET('/api/v1/traces/{traceId}/projects', { params: { path }, signal });
      const { projects } = await answerOf(request);
      return projects[0];
    },
    staleTime: 0,
  });
}

export function traceQuery(traceId: string, project: string) {
  return queryOptions({
    queryKey: ['trace', traceId, project],
    queryFn: ({ signal }) =>
      answerOf(
        api.GET('/api/v1/traces/{traceId}', {
          // The page computes the conclusion itself, after its first picture.
          params: { path: { traceId }, query: { project, conclusion: 'false' } },
          signal,
        }),
      ),
    staleTime: 60_000,
    // Large traces take many megabytes, so a trace that is no longer shown leaves the cache soon.
    gcTime: 60_000,
    // Comparing the old and new data of a trace with 100,000 spans takes long and saves nothing.
    structuralSharing: false,
  });
}

export function spanQuery(traceId: string, spanId: string, project: string | undefined) {
  return queryOptions({
    queryKey: ['span', traceId, spanId, project ?? ''],
    queryFn: ({ signal }) =>
      answerOf(
        api.GET('/api/v1/traces/{traceId}/spans/{spanId}', {
          params: { path: { traceId, spanId }, query: project ? { project } : {} },
          signal,
        }),
      ),
    staleTime: 5 * 60_000,
    structuralSharing: false,
  });
}

/** Live events announce scores at once, but not those that another server process with the same store received. */
const SCORES_EVERY_MS = 60_000;

/** Reads the latest 1,000 scores of a trace and its spans. */
export function traceScoresQuery(traceId: string, project: string) {
  return queryOptions({
    queryKey: ['scores', traceId, project],
    queryFn: ({ signal }) =>
      answerOf(api.GET('/api/v1/scores', { params: { query: { project, traceId, limit: 1000 } }, signal })),
    staleTime: 500,
    refetchInterval: SCORES_EVERY_MS,
    refetchOnWindowFocus: true,
  });
}

/** `view` and `ask` work as in {@link traceListQuery}. */
export function metricSeriesQuery(project: string, view: string, ask: () => { from: string; to?: string }) {
  return queryOptions({
    queryKey: ['metric-series', project, view],
    queryFn: ({ signal }) =>
      answerOf(api.GET('/api/v1/otel-metrics', { params: { query: { project, ...ask() } }, signal })),
    placeholderData: keepPreviousData,
    staleTime: 30_000,
  });
}

export function problemsQuery(project: string) {
  return queryOptions({
    queryKey: ['problems', project],
    queryFn: ({ signal }) =>
      answerOf(api.GET('/api/v1/ingest/problems', { params: { query: { project } }, signal })),
    staleTime: 10_000,
    refetchInterval: 30_000,
  });
}

/** Damage of the store is rare and stays until somebody acts. */
export const storeDamageQuery = queryOptions({
  queryKey: ['store-damage'],
  queryFn: ({ signal }) => answerOf(api.GET('/api/v1/store/damage', { signal })),
  refetchInterval: 60_000,
});

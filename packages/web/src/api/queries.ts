import { infiniteQueryOptions, keepPreviousData, queryOptions } from '@tanstack/react-query';
import { API_BASE, answerOf, api } from './client.ts';
import type { paths } from './schema.generated.d.ts';

export const projectsQuery = queryOptions({
  queryKey: ['projects'],
  queryFn: ({ signal }) => answerOf(api.GET('/api/v1/projects', { signal })),
  staleTime: 10_000,
});

type SummaryQuery = NonNullable<paths['/api/v1/traces/summary']['get']['parameters']['query']>;

/**
 * `view` identifies the view in the cache, with a relative range as the user chose it ("last 24 h"). `ask` computes the
 * absolute times when the request is sent.
 */
export function tracesSummaryQuery(view: string, ask: () => SummaryQuery, buckets: number) {
  return queryOptions({
    queryKey: ['traces-summary', view, buckets],
    queryFn: ({ signal }) =>
      answerOf(
        api.GET('/api/v1/traces/summary', {
          params: { query: { ...ask(), buckets } },
          signal,
        }),
      ),
    placeholderData: keepPreviousData,
    staleTime: 30_000,
  });
}

type HeatMapQuery = NonNullable<paths['/api/v1/traces/heatmap']['get']['parameters']['query']>;
type DifferencesQuery = NonNullable<paths['/api/v1/traces/differences']['get']['parameters']['query']>;

/** `view` identifies the view in the cache. `ask` computes the absolute times when the request is sent. */
export function traceHeatMapQuery(view: string, ask: () => HeatMapQuery) {
  return queryOptions({
    queryKey: ['traces-heatmap', view],
    queryFn: ({ signal }) =>
      answerOf(api.GET('/api/v1/traces/heatmap', { params: { query: ask() }, signal })),
    placeholderData: keepPreviousData,
    staleTime: 30_000,
  });
}

export function traceDifferencesQuery(query: DifferencesQuery) {
  return queryOptions({
    queryKey: ['traces-differences', query],
    queryFn: ({ signal }) => answerOf(api.GET('/api/v1/traces/differences', { params: { query }, signal })),
    staleTime: 60_000,
  });
}

type ValuesQuery = NonNullable<paths['/api/v1/traces/values']['get']['parameters']['query']>;

/**
 * Reads the values of a field with the number of traces or spans, most frequent first. `range` identifies the time range in the cache. `bounds` computes its
 * absolute times when the request is sent.
 */
export function fieldValuesQuery(
  of: 'trace' | 'span',
  query: Omit<ValuesQuery, 'from' | 'to'>,
  range: string,
  bounds: () => { readonly from: string; readonly to?: string },
) {
  return queryOptions({
    queryKey: ['values', query, of, range],
    queryFn: ({ signal }) => {
      const options = { params: { query: { ...query, ...bounds() } }, signal };
      return answerOf(
        of === 'span' ? api.GET('/api/v1/spans/values', options) : api.GET('/api/v1/traces/values', options),
      );
    },
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

/** The full id of a trace of which at least the first eight characters are known, and its projects. */
export function traceIdQuery(id: string) {
  return queryOptions({
    queryKey: ['trace-id', id],
    queryFn: ({ signal }) =>
      answerOf(api.GET('/api/v1/traces/{traceId}/projects', { params: { path: { traceId: id } }, signal })),
    staleTime: 60_000,
    retry: false,
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

/** What was said in a trace, page by page. */
export function traceConversationQuery(traceId: string, project: string) {
  return infiniteQueryOptions({
    // The key begins like that of the trace, so that both are read again when new spans arrive.
    queryKey: ['trace', traceId, project, 'conversation'],
    initialPageParam: null as string | null,
    queryFn: ({ pageParam, signal }) =>
      answerOf(
        api.GET('/api/v1/traces/{traceId}/conversation', {
          params: {
            path: { traceId },
            query: { project, ...(pageParam !== null && { cursor: pageParam }) },
          },
          signal,
        }),
      ),
    getNextPageParam: ({ nextCursor }) => nextCursor,
    staleTime: 60_000,
    gcTime: 60_000,
  });
}

/** The conclusion of a trace with what became of its documents, for which the server reads content. */
export function conclusionQuery(traceId: string, project: string) {
  return queryOptions({
    // The key begins like that of the trace, so that both are read again when new spans arrive.
    queryKey: ['trace', traceId, project, 'conclusion'],
    queryFn: ({ signal }) =>
      answerOf(
        api.GET('/api/v1/traces/{traceId}/conclusion', {
          params: { path: { traceId }, query: { project } },
          signal,
        }),
      ),
    staleTime: 60_000,
  });
}

export function sessionQuery(sessionId: string, project: string) {
  return queryOptions({
    queryKey: ['session', sessionId, project],
    queryFn: ({ signal }) =>
      answerOf(
        api.GET('/api/v1/sessions/{sessionId}', {
          params: { path: { sessionId }, query: { project } },
          signal,
        }),
      ),
    staleTime: 30_000,
  });
}

/** The latest 100 scores of a session itself, without those of its traces. */
export function sessionScoresQuery(sessionId: string, project: string) {
  return queryOptions({
    queryKey: ['session', sessionId, project, 'scores'],
    queryFn: ({ signal }) =>
      answerOf(api.GET('/api/v1/scores', { params: { query: { project, sessionId, limit: 100 } }, signal })),
    staleTime: 30_000,
  });
}

const TURNS_PER_PAGE = 30;

/** The turns of a session, page by page. */
export function sessionTurnsQuery(sessionId: string, project: string, sort: 'startTime' | '-startTime') {
  return infiniteQueryOptions({
    queryKey: ['session', sessionId, project, 'turns', sort],
    initialPageParam: null as string | null,
    queryFn: ({ pageParam, signal }) =>
      answerOf(
        api.GET('/api/v1/sessions/{sessionId}/turns', {
          params: {
            path: { sessionId },
            query: { project, sort, limit: TURNS_PER_PAGE, ...(pageParam !== null && { cursor: pageParam }) },
          },
          signal,
        }),
      ),
    getNextPageParam: ({ nextCursor }) => nextCursor,
    staleTime: 30_000,
  });
}

export function userQuery(userId: string, project: string) {
  return queryOptions({
    queryKey: ['user', userId, project],
    queryFn: ({ signal }) =>
      answerOf(
        api.GET('/api/v1/users/{userId}', { params: { path: { userId }, query: { project } }, signal }),
      ),
    staleTime: 30_000,
  });
}

type TracesQuery = NonNullable<paths['/api/v1/traces']['get']['parameters']['query']>;
type SessionsQuery = NonNullable<paths['/api/v1/sessions']['get']['parameters']['query']>;

/** The newest traces of a user; the filter selects the user. */
export function userTracesQuery(query: TracesQuery) {
  return queryOptions({
    queryKey: ['user-traces', query],
    queryFn: ({ signal }) => answerOf(api.GET('/api/v1/traces', { params: { query }, signal })),
    placeholderData: keepPreviousData,
    staleTime: 30_000,
  });
}

/** The sessions of a user, the last active first. */
export function userSessionsQuery(query: SessionsQuery) {
  return queryOptions({
    queryKey: ['user-sessions', query],
    queryFn: ({ signal }) => answerOf(api.GET('/api/v1/sessions', { params: { query }, signal })),
    placeholderData: keepPreviousData,
    staleTime: 30_000,
  });
}

export function traceDiffQuery(a: string, b: string, project: string) {
  return queryOptions({
    queryKey: ['trace-diff', a, b, project],
    queryFn: ({ signal }) =>
      answerOf(
        api.GET('/api/v1/traces/{a}/diff/{b}', { params: { path: { a, b }, query: { project } }, signal }),
      ),
    staleTime: 60_000,
    gcTime: 60_000,
    structuralSharing: false,
  });
}

/** The last 200 traces with this name that started before an instant, the newest first. */
export function runsBeforeQuery(name: string, before: string, project: string) {
  return queryOptions({
    queryKey: ['runs-before', name, before, project],
    queryFn: ({ signal }) => {
      const query = { project, q: nameOfRoot(name), to: before, limit: 200 } as const;
      return answerOf(api.GET('/api/v1/traces', { params: { query }, signal }));
    },
    staleTime: 60_000,
  });
}

/** Number, median duration and cost of the traces with this name in a range. */
export function usualRunsQuery(name: string, from: string, to: string, project: string) {
  return queryOptions({
    queryKey: ['usual-runs', name, from, to, project],
    queryFn: ({ signal }) => {
      const query = { project, q: nameOfRoot(name), from, to, buckets: 1 } as const;
      return answerOf(api.GET('/api/v1/traces/summary', { params: { query }, signal }));
    },
    staleTime: 60_000,
  });
}

const nameOfRoot = (name: string) => `root(name:${JSON.stringify(name)})`;

/** The id of the last trace with this name that started before an instant; null if there is none. */
export function previousRunQuery(name: string, before: string, project: string) {
  return queryOptions({
    queryKey: ['previous-run', name, before, project],
    queryFn: async ({ signal }) => {
      const query = { project, q: nameOfRoot(name), to: before, limit: 1 } as const;
      const { traces } = await answerOf(api.GET('/api/v1/traces', { params: { query }, signal }));
      return traces[0]?.traceId ?? null;
    },
    staleTime: 60_000,
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

/** `view` and `ask` work as in {@link tracesSummaryQuery}. */
export function metricSeriesQuery(project: string, view: string, ask: () => { from: string; to?: string }) {
  return queryOptions({
    queryKey: ['metric-series', project, view],
    queryFn: ({ signal }) =>
      answerOf(api.GET('/api/v1/otel-metrics', { params: { query: { project, ...ask() } }, signal })),
    placeholderData: keepPreviousData,
    staleTime: 30_000,
  });
}

/** The saved views of all pages. */
export function viewsQuery(project: string) {
  return queryOptions({
    queryKey: ['views', project],
    queryFn: ({ signal }) => answerOf(api.GET('/api/v1/views', { params: { query: { project } }, signal })),
    staleTime: 10_000,
    // A list can wait for its views, so a failure is known at once.
    retry: false,
  });
}

/** The prices that a project has set. */
export function pricesQuery(project: string) {
  return queryOptions({
    queryKey: ['prices', project],
    queryFn: ({ signal }) => answerOf(api.GET('/api/v1/prices', { params: { query: { project } }, signal })),
    staleTime: 10_000,
  });
}

/** The runs that compute costs again. */
export function repriceJobsQuery(project: string) {
  return queryOptions({
    queryKey: ['reprice-jobs', project],
    queryFn: ({ signal }) =>
      answerOf(api.GET('/api/v1/reprice-jobs', { params: { query: { project } }, signal })),
    staleTime: 0,
  });
}

/** A run, read again several times a second until it has ended. */
export function repriceJobQuery(project: string, jobId: string) {
  return queryOptions({
    queryKey: ['reprice-jobs', project, jobId],
    queryFn: ({ signal }) =>
      answerOf(
        api.GET('/api/v1/reprice-jobs/{jobId}', { params: { path: { jobId }, query: { project } }, signal }),
      ),
    staleTime: 0,
    refetchInterval: ({ state }) =>
      state.data === undefined || state.data.state === 'running' ? 400 : false,
  });
}

/** `range` identifies the time range in the cache. `bounds` computes its times when the request is sent. */
export function modelPricesQuery(
  project: string,
  range: string,
  bounds: () => { readonly from: string; readonly to?: string },
) {
  return queryOptions({
    queryKey: ['model-prices', project, range],
    queryFn: ({ signal }) =>
      answerOf(api.GET('/api/v1/prices/models', { params: { query: { project, ...bounds() } }, signal })),
    placeholderData: keepPreviousData,
    staleTime: 10_000,
  });
}

/** The public links to a trace. */
export function shareLinksQuery(traceId: string, project: string) {
  return queryOptions({
    queryKey: ['share-links', traceId, project],
    queryFn: ({ signal }) =>
      answerOf(api.GET('/api/v1/share-links', { params: { query: { project, traceId } }, signal })),
    staleTime: 0,
  });
}

/** The trace of the public link that this page was opened with. */
export const sharedTraceQuery = queryOptions({
  queryKey: ['shared-trace'],
  queryFn: ({ signal }) => answerOf(readSharedTrace(signal)),
  staleTime: 60_000,
});

/** The route is not part of the API, because it exists only below the address of a shared trace. */
async function readSharedTrace(signal: AbortSignal) {
  const response = await fetch(`${API_BASE}/api/v1/shared-trace`, { signal });
  const body: unknown = await response.json();
  return response.ok ? { data: body as SharedTrace, response } : { error: body, response };
}

interface SharedTrace {
  readonly traceId: string;
  readonly expiresAt: string | null;
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

/** Rows of a statement on the SQL page. */
const MAX_SQL_ROWS = 1_000;

/** `view` and `ask` work as in {@link traceListQuery}. */
export function sqlQuery(
  project: string,
  query: string,
  view: string,
  ask: () => { readonly from: string; readonly to?: string },
) {
  return queryOptions({
    queryKey: ['sql', project, query, view],
    queryFn: ({ signal }) =>
      answerOf(
        api.POST('/api/v1/sql', {
          params: { query: { project } },
          body: { query, limit: MAX_SQL_ROWS, ...ask() },
          signal,
        }),
      ),
    retry: false,
    staleTime: Number.POSITIVE_INFINITY,
    gcTime: 60_000,
    structuralSharing: false,
  });
}

type MetricsBody = NonNullable<
  paths['/api/v1/metrics/query']['post']['requestBody']
>['content']['application/json'];

/** Sums over spans or traces. While other times are read, the result of the same columns stays on the page. */
export function metricsQuery(project: string, body: MetricsBody) {
  const columnsOf = ({ of, measures, dimensions }: MetricsBody) => JSON.stringify([of, measures, dimensions]);
  return queryOptions({
    queryKey: ['metrics', project, body] as const,
    queryFn: ({ signal }) =>
      answerOf(api.POST('/api/v1/metrics/query', { params: { query: { project } }, body, signal })),
    placeholderData: (previous, query) =>
      query && columnsOf(query.queryKey[2]) === columnsOf(body) ? previous : undefined,
    staleTime: 60_000,
    gcTime: 60_000,
    retry: false,
  });
}

type SpansQuery = NonNullable<paths['/api/v1/spans']['get']['parameters']['query']>;

/** The first rows of a list, for a panel of a dashboard. */
export function topSpansQuery(query: SpansQuery) {
  return queryOptions({
    queryKey: ['top-spans', query],
    queryFn: ({ signal }) => answerOf(api.GET('/api/v1/spans', { params: { query }, signal })),
    placeholderData: keepPreviousData,
    staleTime: 60_000,
  });
}

export function topTracesQuery(query: TracesQuery) {
  return queryOptions({
    queryKey: ['top-traces', query],
    queryFn: ({ signal }) => answerOf(api.GET('/api/v1/traces', { params: { query }, signal })),
    placeholderData: keepPreviousData,
    staleTime: 60_000,
  });
}

export const sqlTablesQuery = queryOptions({
  queryKey: ['sql-tables'],
  queryFn: ({ signal }) => answerOf(api.GET('/api/v1/sql/tables', { signal })),
  staleTime: Number.POSITIVE_INFINITY,
});

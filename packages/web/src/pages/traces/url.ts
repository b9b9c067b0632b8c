import { parseTimeRange, printTimeRange, type TimeRange } from '../../url/time-range.ts';

/** Sort orders of the list. Only the start time sorts in both directions; all other values sort largest first. */
export const TRACE_SORTS = ['-startTime', 'startTime', '-durationMs', '-costUsd', '-totalTokens'] as const;
export type TraceSort = (typeof TRACE_SORTS)[number];

const NEWEST_FIRST: TraceSort = '-startTime';

/** Everything that defines what the traces page shows. */
export interface TracesView {
  /** If absent, the project that was shown last, else the one with the newest span. */
  readonly project?: string;
  readonly range: TimeRange;
  /** Filter in the language of `parseFilter`; may be wrong. Empty: all traces. */
  readonly q: string;
  readonly sort: TraceSort;
  /** Id of the trace in the preview. */
  readonly peek?: string;
  /** Whether new traces are shown at once while the list is scrolled to its top. */
  readonly live: boolean;
}

export function parseTracesView(search: Readonly<Record<string, string>>): TracesView {
  return {
    ...(search.project && { project: search.project }),
    range: parseTimeRange(search),
    q: (search.q ?? '').trim(),
    sort: TRACE_SORTS.find((sort) => sort === search.sort) ?? NEWEST_FIRST,
    ...(search.peek && { peek: search.peek }),
    live: search.live === '1',
  };
}

/** The search parameters of a view, without defaults. */
export function printTracesView(view: TracesView): Record<string, string> {
  return {
    ...(view.project && { project: view.project }),
    ...printTimeRange(view.range),
    ...(view.q !== '' && { q: view.q }),
    ...(view.sort !== NEWEST_FIRST && { sort: view.sort }),
    ...(view.peek && { peek: view.peek }),
    ...(view.live && { live: '1' }),
  };
}

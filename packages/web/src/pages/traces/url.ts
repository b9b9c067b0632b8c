import { parseTimeRange, printTimeRange, type TimeRange } from '../../url/time-range.ts';

/** Orders that a reader can choose. Only time goes both ways; figures come largest first. */
export const TRACE_SORTS = ['-startTime', 'startTime', '-durationMs', '-costUsd', '-totalTokens'] as const;
export type TraceSort = (typeof TRACE_SORTS)[number];

const NEWEST_FIRST: TraceSort = '-startTime';

/** Everything that the traces page shows by. */
export interface TracesView {
  /** Absent: the reader's last one, else the one with the newest span. */
  readonly project?: string;
  readonly range: TimeRange;
  /** Filter in the language of `parseFilter`; may be wrong. Empty: all traces. */
  readonly q: string;
  readonly sort: TraceSort;
  /** The trace in the peek pane. */
  readonly peek?: string;
  /** Whether new traces come in by themselves while the reader is at the top. */
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

/** Defaults are left out. */
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

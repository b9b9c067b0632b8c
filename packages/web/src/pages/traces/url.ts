import { parseTimeRange, printTimeRange, type TimeRange } from '../../time-range.ts';

/** Columns that the API can sort by. Only time goes both ways; figures come largest first. */
export const TRACE_SORTS = ['startTime', 'durationMs', 'costUsd', 'totalTokens'] as const;
export type TraceSortField = (typeof TRACE_SORTS)[number];

export interface TraceSort {
  readonly field: TraceSortField;
  readonly descending: boolean;
}

/** Everything that the traces page shows by. */
export interface TracesView {
  /** Absent: the reader's last one, else the one with the newest span. */
  readonly project?: string;
  readonly range: TimeRange;
  readonly sort: TraceSort;
  /** The trace in the peek pane. */
  readonly peek?: string;
  /** Whether new traces come in by themselves while the reader is at the top. */
  readonly live: boolean;
}

export const NEWEST_FIRST: TraceSort = { field: 'startTime', descending: true };

export function parseTracesView(search: Readonly<Record<string, string>>): TracesView {
  return {
    ...(search.project && { project: search.project }),
    range: parseTimeRange(search),
    sort: parseSort(search.sort),
    ...(search.peek && { peek: search.peek }),
    live: search.live === '1',
  };
}

/** Defaults are left out. */
export function printTracesView(view: TracesView): Record<string, string> {
  const sort = printSort(view.sort);
  return {
    ...(view.project && { project: view.project }),
    ...printTimeRange(view.range),
    ...(sort !== printSort(NEWEST_FIRST) && { sort }),
    ...(view.peek && { peek: view.peek }),
    ...(view.live && { live: '1' }),
  };
}

function parseSort(text: string | undefined): TraceSort {
  const descending = text?.startsWith('-') ?? true;
  const field = TRACE_SORTS.find((name) => name === text?.replace(/^-/, ''));
  return field ? { field, descending: descending || field !== 'startTime' } : NEWEST_FIRST;
}

/** As the API takes it: `-startTime`. */
export function printSort(sort: TraceSort): string {
  return `${sort.descending ? '-' : ''}${sort.field}`;
}

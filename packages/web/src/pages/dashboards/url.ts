import { parseDimension, printDimension } from '@throughline/spans';
import { parseTimeRange, printTimeRange, type Recent, type TimeRange } from '../../url/time-range.ts';

export interface DashboardView {
  readonly project?: string;
  readonly range: TimeRange;
  /** Filter of all panels; may be wrong. Empty: everything. */
  readonly q: string;
  /** The dimension that the reader chose. Undefined: that of the dashboard. */
  readonly by?: string;
  /** The score that is compared with the cost. Undefined: the most frequent one. */
  readonly score?: string;
  /** Whether panels show the previous period as well. */
  readonly compare: boolean;
}

/** A week, because bills are read by day. */
export const DEFAULT_RECENT: Recent = '7d';

/** Reads the view from the search parameters. */
export function parseDashboardView(
  search: Readonly<Record<string, string>>,
  recent: Recent = DEFAULT_RECENT,
): DashboardView {
  const { project, q = '', by, score, compare, range, from, to } = search;
  const dimension = by === undefined ? undefined : parseDimension(by);
  return {
    ...(project && { project }),
    range: range || (from && to) ? parseTimeRange(search) : { kind: 'recent', recent },
    q: q.trim(),
    ...(dimension && { by: printDimension(dimension) }),
    ...(score && { score }),
    compare: compare !== '0',
  };
}

/** The search parameters of a view, without defaults. */
export function printDashboardView(
  { project, range, q, by, score, compare }: DashboardView,
  recent: Recent = DEFAULT_RECENT,
): Record<string, string> {
  const isDefault = range.kind === 'recent' && range.recent === recent;
  return {
    ...(project && { project }),
    ...(isDefault ? {} : range.kind === 'recent' ? { range: range.recent } : printTimeRange(range)),
    ...(q !== '' && { q }),
    ...(by && { by }),
    ...(score && { score }),
    ...(!compare && { compare: '0' }),
  };
}

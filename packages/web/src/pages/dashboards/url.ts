import { parseDimension, printDimension } from '@throughline/spans';
import { parseTimeRange, printTimeRange, type TimeRange } from '../../url/time-range.ts';

export interface DashboardView {
  readonly project?: string;
  readonly range: TimeRange;
  /** Filter of all panels; may be wrong. Empty: everything. */
  readonly q: string;
  /** The dimension that the reader chose. Undefined: that of the dashboard. */
  readonly by?: string;
  /** Whether panels show the previous period as well. */
  readonly compare: boolean;
}

const DEFAULT_RANGE: TimeRange = { kind: 'recent', recent: '7d' };

/** Reads the view from the search parameters. The default range is a week, because bills are read by day. */
export function parseDashboardView(search: Readonly<Record<string, string>>): DashboardView {
  const { project, q = '', by, compare, range, from, to } = search;
  const dimension = by === undefined ? undefined : parseDimension(by);
  return {
    ...(project && { project }),
    range: range || (from && to) ? parseTimeRange(search) : DEFAULT_RANGE,
    q: q.trim(),
    ...(dimension && { by: printDimension(dimension) }),
    compare: compare !== '0',
  };
}

/** The search parameters of a view, without defaults. */
export function printDashboardView({
  project,
  range,
  q,
  by,
  compare,
}: DashboardView): Record<string, string> {
  const isDefault = range.kind === 'recent' && range.recent === '7d';
  return {
    ...(project && { project }),
    ...(isDefault ? {} : range.kind === 'recent' ? { range: range.recent } : printTimeRange(range)),
    ...(q !== '' && { q }),
    ...(by && { by }),
    ...(!compare && { compare: '0' }),
  };
}

import { parseTimeRange, printTimeRange, type TimeRange } from '../../url/time-range.ts';

/** Everything that the page of clients' metrics shows by. */
export interface ClientMetricsView {
  /** Absent: the reader's last one. */
  readonly project?: string;
  readonly range: TimeRange;
}

export function parseClientMetricsView(search: Readonly<Record<string, string>>): ClientMetricsView {
  return { ...(search.project && { project: search.project }), range: parseTimeRange(search) };
}

/** Defaults are left out. */
export function printClientMetricsView({ project, range }: ClientMetricsView): Record<string, string> {
  return { ...(project && { project }), ...printTimeRange(range) };
}

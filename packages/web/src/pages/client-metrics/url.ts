import { parseTimeRange, printTimeRange, type TimeRange } from '../../url/time-range.ts';

/** Everything that defines what the page of client metrics shows. */
export interface ClientMetricsView {
  /** If absent, the project that was shown last. */
  readonly project?: string;
  readonly range: TimeRange;
}

export function parseClientMetricsView(search: Readonly<Record<string, string>>): ClientMetricsView {
  return { ...(search.project && { project: search.project }), range: parseTimeRange(search) };
}

/** The search parameters of a view, without defaults. */
export function printClientMetricsView({ project, range }: ClientMetricsView): Record<string, string> {
  return { ...(project && { project }), ...printTimeRange(range) };
}

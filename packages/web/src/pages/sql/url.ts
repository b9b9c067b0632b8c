import { parseTimeRange, printTimeRange, type TimeRange } from '../../url/time-range.ts';

/** Everything that defines what the SQL page shows. */
export interface SqlView {
  /** If absent, the project that was shown last. */
  readonly project?: string;
  readonly range: TimeRange;
  /** The statement that was run. Empty if none was. */
  readonly query: string;
}

export function parseSqlView(search: Readonly<Record<string, string>>): SqlView {
  return {
    ...(search.project && { project: search.project }),
    range: parseTimeRange(search),
    query: search.query ?? '',
  };
}

/** The search parameters of a view, without defaults. */
export function printSqlView({ project, range, query }: SqlView): Record<string, string> {
  return { ...(project && { project }), ...printTimeRange(range), ...(query && { query }) };
}

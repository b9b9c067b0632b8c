import { type Sql, sql } from '../clickhouse/sql.ts';

/** A condition on `project` and `trace_id` that is true for the rows of these traces. There has to be at least one. */
export function ofTraces(traces: readonly { readonly project: string; readonly traceId: string }[]): Sql {
  const ids = traces.map(({ traceId }) => traceId);
  const projects = traces.map(({ project }) => project);
  // Most batches have one project. Comparing pairs takes twice the processor time.
  if (projects.every((project) => project === projects[0]))
    return sql`project = ${projects[0] as string} AND trace_id IN ${ids}`;
  return sql`trace_id IN ${ids} AND (project, trace_id) IN
    (SELECT pair.1, pair.2 FROM (SELECT arrayJoin(arrayZip(${projects}, ${ids})) AS pair))`;
}

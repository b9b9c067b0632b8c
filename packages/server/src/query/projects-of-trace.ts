import type { Engine } from '../clickhouse/engine.ts';
import { compile, sql } from '../clickhouse/sql.ts';

/** Usually an id is in one project, but a client can send the same id to several. */
const MAX_PROJECTS = 20;

/**
 * Names of the projects that have spans of the trace, sorted by their number of spans. Like `listProjects`, the query is not
 * limited to one project. The index of trace ids selects the few blocks that can contain the id.
 */
export async function projectsOfTrace(
  engine: Engine,
  traceId: string,
  signal?: AbortSignal,
): Promise<string[]> {
  const rows = await engine.query<{ project: string }>(
    ...compile(sql`
    SELECT project
    FROM spans
    WHERE trace_id = ${traceId}
    GROUP BY project
    ORDER BY count() DESC, project
    LIMIT ${MAX_PROJECTS}`),
    signal ? { signal } : {},
  );
  return rows.map(({ project }) => project);
}

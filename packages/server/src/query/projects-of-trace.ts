import type { Engine } from '../clickhouse/engine.ts';
import { compile, sql } from '../clickhouse/sql.ts';

/** An id is in one project; a client may send the same id to several. */
const MAX_PROJECTS = 20;

/**
 * Names of the projects that have spans of the trace, the one with most spans first. Like `listProjects` it belongs to
 * no project. The index of trace ids leads to the few blocks that may hold the id.
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

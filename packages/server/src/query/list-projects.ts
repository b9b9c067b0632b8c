import type { Engine } from '../clickhouse/engine.ts';
import type { ProjectList } from '../contract/project.ts';
import { toIsoTimestamp } from '../contract/timestamps.ts';

interface Row {
  readonly name: string;
  readonly span_count: string;
  readonly last_span_at: string;
}

/** Lists all projects that have spans, most recently active first. The query is not limited to one project. */
export async function listProjects(engine: Engine, signal?: AbortSignal): Promise<ProjectList> {
  const rows = await engine.query<Row>(
    `SELECT project AS name, sum(span_count) AS span_count, max(last_start) AS last_span_at
     FROM traces FINAL GROUP BY project ORDER BY last_span_at DESC, name LIMIT 10000`,
    {},
    signal ? { signal } : {},
  );
  return {
    projects: rows.map((row) => ({
      name: row.name,
      spanCount: Number(row.span_count),
      lastSpanAt: toIsoTimestamp(row.last_span_at),
    })),
  };
}

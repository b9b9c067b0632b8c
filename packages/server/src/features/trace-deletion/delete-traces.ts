import type { Engine, QueryLimits } from '../../clickhouse/engine.ts';
import { sql } from '../../clickhouse/sql.ts';
import type { DeletedTraces } from '../../contract/trace-deletion.ts';
import { type ProjectScope, projectScope } from '../../query/project-scope.ts';
import type { Settler } from '../../settle/settler.ts';

export interface DeleteTracesParts {
  readonly engine: Engine;
  readonly settler: Pick<Settler, 'alone'>;
}

/** Maximum number of scores whose time of creation is deleted at once. */
const MAX_SCORES = 10_000;

/**
 * Deletes everything that is stored about some traces. The row of `traces` is deleted last: if the server is killed before
 * that, the trace is still listed and can be deleted again. Spans of these traces that are loaded later are new data.
 */
export async function deleteTraces(
  { engine, settler }: DeleteTracesParts,
  project: string,
  traceIds: readonly string[],
): Promise<DeletedTraces> {
  const scope = projectScope(engine, project);
  const these = sql`trace_id IN ${traceIds}`;
  const [found] = await scope.query<{ traces: string; spans: string }>(
    sql`SELECT count() AS traces, sum(span_count) AS spans FROM ${scope.traces} AS traces WHERE ${these}`,
  );
  await deleteScores(scope, traceIds);
  await settler.alone(async () => {
    for (const table of ['payloads', 'logs', 'trace_tags', 'spans', 'traces'] as const)
      await scope.deleteRows(table, these);
  });
  return { traces: Number(found?.traces ?? 0), spans: Number(found?.spans ?? 0) };
}

async function deleteScores(scope: ProjectScope, traceIds: readonly string[]): Promise<void> {
  const limits: QueryLimits = { maxResultRows: MAX_SCORES };
  const these = sql`trace_id IN ${traceIds}`;
  for (;;) {
    const ids = await scope.query<{ id: string }>(
      sql`SELECT id FROM ${scope.scores} AS scores WHERE ${these} LIMIT ${MAX_SCORES}`,
      limits,
    );
    if (ids.length === 0) return;
    const listed = sql`id IN ${ids.map(({ id }) => id)}`;
    await scope.deleteRows('score_starts', listed);
    await scope.deleteRows('scores', sql`${these} AND ${listed}`);
  }
}

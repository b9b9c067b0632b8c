import type { Engine } from '../clickhouse/engine.ts';
import { compile, type Sql, sql } from '../clickhouse/sql.ts';

/** What a score is about, in a request that does not name its project. */
export type TargetKind = 'span' | 'trace' | 'session';

export interface FoundTarget {
  readonly id: string;
  readonly project: string;
  readonly traceId: string;
}

/** Span ids have no index, so that a large store takes a moment. */
const MAX_SECONDS = 10;

const COLUMNS: Readonly<Record<TargetKind, Sql>> = {
  span: sql`span_id`,
  trace: sql`trace_id`,
  session: sql`session_id`,
};

/** Finds the projects of spans, traces or sessions. Like `listProjects`, the query is not limited to one project. */
export async function findTargets(
  engine: Engine,
  kind: TargetKind,
  ids: readonly string[],
): Promise<FoundTarget[]> {
  if (ids.length === 0) return [];
  const column = COLUMNS[kind];
  return engine.query<FoundTarget>(
    ...compile(sql`
    SELECT ${column} AS id, project, trace_id AS traceId
    FROM spans
    WHERE ${column} IN ${[...ids]}
    LIMIT 1 BY id`),
    { maxSeconds: MAX_SECONDS },
  );
}

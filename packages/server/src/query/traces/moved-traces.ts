import type { QueryLimits } from '../../clickhouse/engine.ts';
import { and, type Sql, sql } from '../../clickhouse/sql.ts';
import type { ProjectScope } from '../project-scope.ts';

/** Maximum number of moved traces that a list supports. */
const MAX_MOVED = 1000;

export interface MovedTrace {
  readonly trace_id: string;
  /** Start of the trace in nanoseconds since 1970: now, and when the first page was read. */
  readonly start_ns: string;
  readonly value: string;
}

/** True if some spans of a trace existed when a list began, and its earliest span was received later. */
export function hasMoved(asOfNs: bigint): Sql {
  return sql`(first_version <= ${asOfNs} AND start_version > ${asOfNs})`;
}

/**
 * Traces whose start moved since a list began. Exporters send a root last, so this happens while a list is read page by
 * page. Such a trace is listed by its earliest start at that time, because it would otherwise be listed twice or not at all.
 */
export async function movedTraces(
  scope: ProjectScope,
  asOfNs: bigint,
  conditions: readonly Sql[],
  limits?: QueryLimits,
): Promise<MovedTrace[]> {
  const moved = await scope.query<Omit<MovedTrace, 'value'>>(
    sql`
    SELECT trace_id, toUnixTimestamp64Nano(start) AS start_ns
    FROM ${scope.traces} AS traces
    WHERE ${and([hasMoved(asOfNs), ...conditions])}
    LIMIT ${MAX_MOVED}`,
    limits,
  );
  if (moved.length === 0) return [];
  const positions = await scope.query<{ trace_id: string; position: string }>(
    sql`
    SELECT trace_id, minIf(toUnixTimestamp64Nano(start), version <= ${asOfNs}) AS position
    FROM ${scope.spans}
    WHERE trace_id IN ${moved.map((trace) => trace.trace_id)}
    GROUP BY trace_id`,
    limits,
  );
  const byId = new Map(positions.map((row) => [row.trace_id, row.position]));
  return moved.map((trace) => ({ ...trace, value: byId.get(trace.trace_id) ?? trace.start_ns }));
}

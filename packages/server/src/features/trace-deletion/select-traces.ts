import type { Filter } from '@throughline/spans';
import type { QueryLimits } from '../../clickhouse/engine.ts';
import { and, type Sql, sql, time } from '../../clickhouse/sql.ts';
import { filterConditions } from '../../query/filter/filter-sql.ts';
import { MAX_NS } from '../../query/max-time.ts';
import type { ProjectScope } from '../../query/project-scope.ts';

export interface TraceSelection {
  readonly filter: Filter;
  /** Range of the start of a trace in nanoseconds since 1970: inclusive, exclusive. */
  readonly fromNs?: bigint | undefined;
  readonly toNs?: bigint | undefined;
  /** Traces of which nothing had arrived by then are left out. */
  readonly receivedBeforeNs: bigint;
}

/** The number of selected traces and of their spans. */
export async function countSelection(
  scope: ProjectScope,
  selection: TraceSelection,
  limits: QueryLimits,
): Promise<{ readonly traces: number; readonly spans: number }> {
  const [row] = await scope.query<{ traces: string; spans: string }>(
    sql`
    SELECT count() AS traces, sum(span_count) AS spans
    FROM ${scope.traces} AS traces
    WHERE ${conditionsOf(scope, selection)}`,
    limits,
  );
  return { traces: Number(row?.traces ?? 0), spans: Number(row?.spans ?? 0) };
}

/** The ids of some of the selected traces. */
export async function selectTraceIds(
  scope: ProjectScope,
  selection: TraceSelection,
  limit: number,
  limits: QueryLimits,
): Promise<string[]> {
  const rows = await scope.query<{ trace_id: string }>(
    sql`
    SELECT trace_id
    FROM ${scope.traces} AS traces
    WHERE ${conditionsOf(scope, selection)}
    LIMIT ${limit}`,
    limits,
  );
  return rows.map(({ trace_id }) => trace_id);
}

function conditionsOf(
  scope: ProjectScope,
  { filter, fromNs = 0n, toNs = MAX_NS, receivedBeforeNs }: TraceSelection,
): Sql {
  return and([
    sql`start >= ${time(fromNs)} AND start < ${time(toNs)}`,
    sql`first_version <= ${receivedBeforeNs}`,
    ...filterConditions(scope, filter, fromNs, toNs),
  ]);
}

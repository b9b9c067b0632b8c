import type { QueryLimits } from '../../clickhouse/engine.ts';
import { join, type Sql, sql, time, unsafeRawSql } from '../../clickhouse/sql.ts';
import { type AttributeColumns, columnValuesSql } from '../attribute-columns.ts';
import { MINUTE, MINUTE_NS, type ProjectScope } from '../project-scope.ts';
import { max, min } from '../window-edge.ts';
import type { TraceRow } from './trace-row.ts';

/** Maximum number of minutes to search by the primary key. Above it, the whole range of the traces is searched. */
const MAX_MINUTES = 2000;

/**
 * Values of attributes by trace id, in the order of the columns: that of the root, or of the earliest span that has the
 * attribute. Absent values are empty.
 */
export async function attributesOfTraces(
  scope: ProjectScope,
  traces: readonly Pick<TraceRow, 'trace_id' | 'start_ns' | 'last_start_ns'>[],
  columns: AttributeColumns,
  limits: QueryLimits,
): Promise<ReadonlyMap<string, readonly string[]>> {
  if (traces.length === 0 || columns.length === 0) return new Map();
  const firstValues = columns.map((_, index) => {
    const value = sql`values[${unsafeRawSql(String(index + 1))}]`;
    return sql`argMinIf(${value}, root_first, ${value} != '')`;
  });
  const rows = await scope.query<{ trace_id: string; found: string[] }>(
    sql`
    WITH (parent_span_id != '', start, span_id) AS root_first
    SELECT trace_id, [${join(firstValues, ', ')}] AS found
    FROM (
      SELECT trace_id, span_id, parent_span_id, start, ${columnValuesSql(columns)} AS values
      FROM ${scope.spans} AS spans
      WHERE trace_id IN ${traces.map((trace) => trace.trace_id)} AND ${within(traces)}
      ORDER BY version DESC
      LIMIT 1 BY trace_id, span_id)
    GROUP BY trace_id`,
    limits,
  );
  return new Map(rows.map((row) => [row.trace_id, row.found]));
}

/** A condition on the starts of the spans of these traces. */
function within(traces: readonly Pick<TraceRow, 'start_ns' | 'last_start_ns'>[]): Sql {
  const ranges = traces.map((trace) => [BigInt(trace.start_ns), BigInt(trace.last_start_ns)] as const);
  const minutes = new Set<string>();
  for (const [first, last] of ranges) {
    for (let minute = first / MINUTE_NS; minute <= last / MINUTE_NS; minute += 1n) {
      minutes.add(String(minute));
      if (minutes.size > MAX_MINUTES) return range(ranges);
    }
  }
  return sql`toString(${MINUTE}) IN ${[...minutes]}`;
}

function range(ranges: readonly (readonly [bigint, bigint])[]): Sql {
  const first = ranges.map(([from]) => from).reduce(min);
  const last = ranges.map(([, to]) => to).reduce(max);
  return sql`start >= ${time(first)} AND start <= ${time(last)}`;
}

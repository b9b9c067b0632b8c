import type { QueryLimits } from '../../clickhouse/engine.ts';
import { join, sql, unsafeRawSql } from '../../clickhouse/sql.ts';
import { type AttributeColumns, columnValuesSql } from '../attribute-columns.ts';
import type { ProjectScope } from '../project-scope.ts';
import { inMinutesOf } from './minutes-of-traces.ts';
import type { TraceRow } from './trace-row.ts';

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
  const ranges = traces.map((trace) => ({
    firstNs: BigInt(trace.start_ns),
    lastNs: BigInt(trace.last_start_ns),
  }));
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
      WHERE trace_id IN ${traces.map((trace) => trace.trace_id)} AND ${inMinutesOf(ranges)}
      ORDER BY version DESC
      LIMIT 1 BY trace_id, span_id)
    GROUP BY trace_id`,
    limits,
  );
  return new Map(rows.map((row) => [row.trace_id, row.found]));
}

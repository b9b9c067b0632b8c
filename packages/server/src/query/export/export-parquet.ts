import type { QueryLimits } from '../../clickhouse/engine.ts';
import { and, sql, time, unsafeRawSql } from '../../clickhouse/sql.ts';
import { filterConditions } from '../filter/filter-sql.ts';
import { MAX_NS } from '../max-time.ts';
import type { ProjectScope } from '../project-scope.ts';
import { SPAN_FACT_FIELDS } from '../spans/span-facts.ts';
import type { ExportSelection } from './export-selection.ts';
import { FACT_NAMES } from './fact-columns.ts';

const DAY_NS = 86_400_000_000_000n;

/** Spans of one Parquet file. */
export const MAX_PARQUET_ROWS = 20_000_000;

/** Writes the facts of the selected spans to a Parquet file. ClickHouse writes it piece by piece. */
export async function exportParquet(
  scope: ProjectScope,
  { filter, traceIds, fromNs = 0n, toNs = MAX_NS }: ExportSelection,
  path: string,
  limits: QueryLimits,
): Promise<void> {
  const traces = and([
    sql`start >= ${time(fromNs)} AND start < ${time(toNs)}`,
    ...(traceIds === undefined ? [] : [sql`trace_id IN ${traceIds}`]),
    ...filterConditions(scope, filter, fromNs, toNs),
  ]);
  const end = toNs < MAX_NS - DAY_NS ? toNs + DAY_NS : MAX_NS;
  await scope.writeParquet(
    path,
    sql`
    SELECT ${unsafeRawSql(FACT_NAMES.join(', '))}
    FROM (
      SELECT ${SPAN_FACT_FIELDS}
      FROM ${scope.mergedSpans}
      WHERE start >= ${time(fromNs)} AND start < ${time(end)}
        AND trace_id IN (SELECT trace_id FROM ${scope.traces} AS traces WHERE ${traces}))`,
    { ...limits, maxResultRows: MAX_PARQUET_ROWS },
  );
}

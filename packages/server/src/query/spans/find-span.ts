import type { Engine } from '../../clickhouse/engine.ts';
import { compile, type Sql, sql, time } from '../../clickhouse/sql.ts';

/** A UUID of version 7 begins with a time in milliseconds. */
const UUID_7 = /^([0-9a-f]{8})-([0-9a-f]{4})-7[0-9a-f]{3}-[0-9a-f]{4}-[0-9a-f]{12}$/i;
const TEN_MINUTES_NS = 600_000_000_000n;

/**
 * Finds a span whose trace and project are not known. There is no index of span ids, so the search is limited: to spans
 * that are the root of a trace with the same id, and to ten minutes around the time in the id if it has one. Like
 * `listProjects`, the query is not limited to one project.
 */
export async function findSpan(
  engine: Engine,
  spanId: string,
): Promise<{ readonly project: string; readonly traceId: string } | undefined> {
  const startNs = timeOfId(spanId);
  const conditions: Sql[] = [sql`trace_id = ${spanId}`];
  if (startNs !== undefined)
    conditions.push(
      sql`start >= ${time(startNs - TEN_MINUTES_NS)} AND start <= ${time(startNs + TEN_MINUTES_NS)}`,
    );
  for (const condition of conditions) {
    const [row] = await engine.query<{ project: string; traceId: string }>(
      ...compile(sql`
      SELECT project, trace_id AS traceId
      FROM spans
      WHERE ${condition} AND span_id = ${spanId}
      LIMIT 1`),
    );
    if (row) return row;
  }
  return undefined;
}

function timeOfId(spanId: string): bigint | undefined {
  const [, high, low] = UUID_7.exec(spanId) ?? [];
  if (high === undefined || low === undefined) return undefined;
  const startNs = BigInt(`0x${high}${low}`) * 1_000_000n;
  return startNs > TEN_MINUTES_NS && startNs < 2n ** 62n ? startNs : undefined;
}

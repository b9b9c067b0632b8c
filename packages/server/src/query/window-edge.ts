import type { QueryLimits } from '../clickhouse/engine.ts';
import { sql, time, unsafeRawSql } from '../clickhouse/sql.ts';
import { MINUTE, MINUTE_NS, type ProjectScope } from './project-scope.ts';

/** A range of starts in nanoseconds since 1970 that a list has not searched yet. */
interface SearchRange {
  readonly table: 'traces' | 'spans';
  readonly low: bigint;
  readonly high: bigint;
  readonly newestFirst: boolean;
}

/**
 * The minute of the `rows`-th row from the side at which the search starts. A list reads its table in windows up to such an
 * edge. Undefined if there are fewer rows.
 */
export async function windowEdge(
  scope: ProjectScope,
  { table, low, high, newestFirst }: SearchRange,
  rows: number,
  limits: QueryLimits,
): Promise<bigint | undefined> {
  const direction = unsafeRawSql(newestFirst ? 'DESC' : 'ASC');
  const [edge] = await scope.query<{ minute: string }>(
    sql`
    SELECT ${MINUTE} AS minute
    FROM ${unsafeRawSql(table)}
    WHERE project = ${scope.project} AND start >= ${time(low)} AND start < ${time(high)}
    ORDER BY project ${direction}, ${MINUTE} ${direction}
    LIMIT 1 OFFSET ${rows}`,
    limits,
  );
  if (!edge) return undefined;
  const ns = BigInt(edge.minute) * MINUTE_NS;
  return newestFirst ? max(low, ns) : min(high, ns + MINUTE_NS);
}

export const min = (a: bigint, b: bigint): bigint => (a < b ? a : b);
export const max = (a: bigint, b: bigint): bigint => (a > b ? a : b);

import type { QueryLimits } from '../../clickhouse/engine.ts';
import { type Sql, sql, time } from '../../clickhouse/sql.ts';
import type { ProjectScope } from '../project-scope.ts';

/**
 * A score without a creation time is stored with the time of its receipt. If it replaces an earlier score, it was
 * created when the first one arrived; `score_starts` contains that time.
 */
const IS_UNDATED = sql`toUnixTimestamp64Nano(created) = version`;

/** A condition on `scores` that is true if the score was created in the range. */
export function createdWithin(
  scope: ProjectScope,
  fromNs: bigint | undefined,
  toNs: bigint | undefined,
): Sql {
  const since = fromNs === undefined ? sql`true` : sql`created >= ${time(fromNs)}`;
  const before = toNs === undefined ? sql`true` : sql`created < ${time(toNs)}`;
  const starts = sql`(SELECT id FROM ${scope.scoreStarts} WHERE ${since} AND ${before})`;
  return sql`if(${IS_UNDATED}, id IN ${starts}, ${since} AND ${before})`;
}

/** The columns that determine when a score was created. Times are in nanoseconds since 1970. */
interface UndatedRow {
  readonly id: string;
  readonly created_ns: string;
  readonly version: string;
}

/** The rows with the time at which each score was created. */
export async function withCreation<Row extends UndatedRow>(
  scope: ProjectScope,
  rows: readonly Row[],
  limits?: QueryLimits,
): Promise<Row[]> {
  const undated = rows.filter((row) => row.created_ns === row.version).map(({ id }) => id);
  if (undated.length === 0) return [...rows];
  const starts = await scope.query<{ id: string; created_ns: string }>(
    sql`SELECT id, toUnixTimestamp64Nano(created) AS created_ns FROM ${scope.scoreStarts} WHERE id IN ${undated}`,
    limits,
  );
  const created = new Map(starts.map((row) => [row.id, row.created_ns]));
  return rows.map((row) =>
    row.created_ns === row.version ? { ...row, created_ns: created.get(row.id) ?? row.created_ns } : row,
  );
}

import type { QueryLimits } from '../clickhouse/engine.ts';
import { and, type Sql, sql } from '../clickhouse/sql.ts';
import type { FieldValues } from '../contract/values.ts';
import type { ProjectScope } from './project-scope.ts';

/** Fields such as `user` can have millions of different values. Counts are limited to this many values. */
const MAX_GROUPS = 200_000;
export const VALUE_SECONDS = 5;

/**
 * Counts the values in lists, most frequent first.
 *
 * @param lists a statement whose column `each` has the different values of one row
 */
export async function countValues(
  scope: ProjectScope,
  lists: Sql,
  { prefix, limit }: { readonly prefix: string; readonly limit: number },
  limits: QueryLimits,
): Promise<FieldValues> {
  const rows = await scope.query<{ value: string; n: string }>(
    sql`
    SELECT value, count() AS n
    FROM (${lists})
    ARRAY JOIN each AS value
    WHERE ${and([
      sql`value != ''`,
      ...(prefix === '' ? [] : [sql`startsWith(lowerUTF8(value), lowerUTF8(${prefix}))`]),
    ])}
    GROUP BY value
    ORDER BY n DESC, value
    LIMIT ${limit + 1}
    SETTINGS max_rows_to_group_by = ${MAX_GROUPS}, group_by_overflow_mode = 'any'`,
    limits,
  );
  return {
    values: rows.slice(0, limit).map(({ value, n }) => ({ value, count: Number(n) })),
    more: rows.length > limit,
  };
}

import { type Sql, sql } from '../../clickhouse/sql.ts';
import type { ProjectScope } from '../project-scope.ts';

/**
 * A table with the number of the scores with this name, by trace or by span: of several scores, that of the whole trace, then the
 * latest. Booleans count as 0 and 1; categories have no number.
 */
export function bestScores(scope: ProjectScope, name: string, key: Sql): Sql {
  return sql`(
    SELECT ${key}, argMax(assumeNotNull(number), (span_id = '', version)) AS score
    FROM ${scope.scores} AS scores
    WHERE name = ${name} AND trace_id != '' AND number IS NOT NULL
    GROUP BY ${key})`;
}

/** A sort value for rows that were joined with {@link bestScores} as `scored`. Rows without a score are last. */
export function scoreSortValue(descending: boolean): Sql {
  const absent = descending ? sql`-inf` : sql`inf`;
  return sql`if(scored.trace_id = '', ${absent}, scored.score)`;
}

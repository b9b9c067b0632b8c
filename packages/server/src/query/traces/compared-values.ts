import type { QueryLimits } from '../../clickhouse/engine.ts';
import { type Sql, sql } from '../../clickhouse/sql.ts';
import type { TraceDifference } from '../../contract/trace-distribution.ts';
import type { ProjectScope } from '../project-scope.ts';

/** Number of traces in the two groups. */
export interface GroupSizes {
  readonly selected: number;
  readonly rest: number;
}

/** A value and the number of traces of each group that have it. */
export type CountedValue = Pick<
  TraceDifference,
  'kind' | 'name' | 'value' | 'filter' | 'selectedCount' | 'restCount'
>;

/** Values with the sizes of the compared groups. */
export interface ComparedValues {
  readonly sizes: GroupSizes;
  /** Number of compared values, including those that are left out. */
  readonly compared: number;
  readonly values: readonly CountedValue[];
}

export interface ValueRow {
  readonly name: string;
  readonly value: string;
  readonly in_selected: string;
  readonly in_rest: string;
  /** Number of compared values. */
  readonly compared: string;
}

/** Rarer values are not compared. */
const MIN_COUNT = 5;
/** Maximum number of values, after sorting by difference. */
const MAX_VALUES = 200;
/** Maximum number of different values that are counted. Further ones are ignored. */
const MAX_GROUPS = 1_000_000;

/**
 * Counts the traces of each value, and returns the values whose shares differ most.
 *
 * @param each a statement with one row per trace and value: `is_selected`, `name` and `value`
 */
export function countValues(
  scope: ProjectScope,
  each: Sql,
  sizes: GroupSizes,
  limits: QueryLimits,
): Promise<ValueRow[]> {
  return scope.query<ValueRow>(
    sql`
    SELECT name, value, countIf(is_selected) AS in_selected, countIf(NOT is_selected) AS in_rest, count() OVER () AS compared
    FROM (${each})
    GROUP BY name, value
    HAVING count() >= ${MIN_COUNT}
    ORDER BY ${distanceOf(sizes)} DESC, name, value
    LIMIT ${MAX_VALUES}
    SETTINGS max_rows_to_group_by = ${MAX_GROUPS}, group_by_overflow_mode = 'any'`,
    limits,
  );
}

/** The distance of two shares by which `compareShares` sorts, without its error. */
function distanceOf({ selected, rest }: GroupSizes): Sql {
  const angle = (count: Sql, of: number) => sql`asin(sqrt((${count} + 0.375) / (${of} + 0.75)))`;
  return sql`abs(${angle(sql`in_selected`, selected)} - ${angle(sql`in_rest`, rest)})`;
}

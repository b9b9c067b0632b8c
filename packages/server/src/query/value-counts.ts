import type { Filter, LabelField } from '@throughline/spans';
import { and, type Sql, sql, time } from '../clickhouse/sql.ts';
import type { FieldValues } from '../contract/values.ts';
import { TRACE_LABELS } from './filter/filter-columns.ts';
import { MAX_NS } from './max-time.ts';
import type { ProjectScope } from './project-scope.ts';

/** Fields whose values can be listed. Trace ids are unique, so `trace` is not one of them. */
export type ListedField = Exclude<LabelField, 'trace'>;

export const LISTED_FIELDS = ['status', ...Object.keys(TRACE_LABELS)] as [ListedField, ...ListedField[]];

export interface FieldValuesOptions {
  readonly field: ListedField;
  /** Prefix of the values, case-insensitive. */
  readonly prefix: string;
  readonly filter?: Filter | undefined;
  /** Nanoseconds since 1970. */
  readonly fromNs?: bigint | undefined;
  readonly toNs?: bigint | undefined;
  readonly limit: number;
  readonly signal?: AbortSignal | undefined;
}

/** The rows that are counted, which have a column `start`. */
export interface CountedRows {
  readonly table: Sql;
  /** The different values of a row, as an array. */
  readonly values: Sql;
  conditions(fromNs: bigint, toNs: bigint): readonly Sql[];
}

/** Fields such as `user` can have millions of different values. Counts are limited to this many values. */
const MAX_GROUPS = 200_000;
const MAX_SECONDS = 5;

/** Counts the values of a field over rows of a range, most frequent first. */
export async function countValues(
  scope: ProjectScope,
  { table, values, conditions }: CountedRows,
  { prefix, limit, signal, fromNs = 0n, toNs = MAX_NS }: FieldValuesOptions,
): Promise<FieldValues> {
  const lists = sql`
    SELECT ${values} AS each
    FROM ${table}
    WHERE ${and([sql`start >= ${time(fromNs)} AND start < ${time(toNs)}`, ...conditions(fromNs, toNs)])}`;
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
    { maxSeconds: MAX_SECONDS, ...(signal && { signal }) },
  );
  return {
    values: rows.slice(0, limit).map(({ value, n }) => ({ value, count: Number(n) })),
    more: rows.length > limit,
  };
}

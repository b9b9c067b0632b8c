import type { Filter, LabelField } from '@throughline/spans';
import type { QueryLimits } from '../../clickhouse/engine.ts';
import { and, type Sql, sql, time } from '../../clickhouse/sql.ts';
import type { TraceValues } from '../../contract/trace.ts';
import { TRACE_LABELS } from '../filter/filter-columns.ts';
import { filterConditions } from '../filter/filter-sql.ts';
import type { ProjectScope } from '../project-scope.ts';

/** Fields whose values can be listed. Trace ids are unique, so `trace` is not one of them. */
export type ListedField = Exclude<LabelField, 'trace'>;

export const LISTED_FIELDS = ['status', ...Object.keys(TRACE_LABELS)] as [ListedField, ...ListedField[]];

export interface TraceValuesOptions {
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

const MAX_NS = 2n ** 63n - 1n;
/** Fields such as `user` can have millions of different values. Counts are limited to this many values. */
const MAX_GROUPS = 200_000;
const MAX_SECONDS = 5;

/** Values of a field with the number of traces that have them, most frequent first. */
export async function traceValues(scope: ProjectScope, options: TraceValuesOptions): Promise<TraceValues> {
  const { field, prefix, limit } = options;
  const fromNs = options.fromNs ?? 0n;
  const toNs = options.toNs ?? MAX_NS;
  const limits: QueryLimits = {
    maxSeconds: MAX_SECONDS,
    ...(options.signal && { signal: options.signal }),
  };
  const rows = await scope.query<{ value: string; n: string }>(
    sql`
    SELECT value, count() AS n
    FROM (
      SELECT ${valuesOf(field)} AS each
      FROM ${scope.traces} AS traces
      WHERE ${and([
        sql`start >= ${time(fromNs)} AND start < ${time(toNs)}`,
        ...filterConditions(scope, options.filter, fromNs, toNs),
      ])})
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

function valuesOf(field: ListedField): Sql {
  return field === 'status' ? sql`[toString(status)]` : sql`arrayDistinct(${TRACE_LABELS[field]})`;
}

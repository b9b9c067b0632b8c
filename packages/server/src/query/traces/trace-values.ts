import type { Filter, LabelField } from '@throughline/spans';
import type { QueryLimits } from '../../clickhouse/engine.ts';
import { and, type Sql, sql, time } from '../../clickhouse/sql.ts';
import type { FieldValues } from '../../contract/values.ts';
import { TRACE_LABELS } from '../filter/filter-columns.ts';
import { filterConditions } from '../filter/filter-sql.ts';
import type { ProjectScope } from '../project-scope.ts';
import { countValues, VALUE_SECONDS } from '../value-counts.ts';

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

const MAX_NS = 2n ** 63n - 1n;

/** Values of a field with the number of traces that have them, most frequent first. */
export function traceValues(scope: ProjectScope, options: FieldValuesOptions): Promise<FieldValues> {
  const fromNs = options.fromNs ?? 0n;
  const toNs = options.toNs ?? MAX_NS;
  const limits: QueryLimits = {
    maxSeconds: VALUE_SECONDS,
    ...(options.signal && { signal: options.signal }),
  };
  const lists = sql`
    SELECT ${valuesOf(options.field)} AS each
    FROM ${scope.traces} AS traces
    WHERE ${and([
      sql`start >= ${time(fromNs)} AND start < ${time(toNs)}`,
      ...filterConditions(scope, options.filter, fromNs, toNs),
    ])}`;
  return countValues(scope, lists, options, limits);
}

function valuesOf(field: ListedField): Sql {
  return field === 'status' ? sql`[toString(status)]` : sql`arrayDistinct(${TRACE_LABELS[field]})`;
}

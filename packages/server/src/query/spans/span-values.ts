import type { QueryLimits } from '../../clickhouse/engine.ts';
import { and, type Sql, sql, time } from '../../clickhouse/sql.ts';
import type { FieldValues } from '../../contract/values.ts';
import { LABEL_COLUMNS } from '../filter/filter-columns.ts';
import { spanFilterConditions } from '../filter/filter-sql.ts';
import type { ProjectScope } from '../project-scope.ts';
import type { FieldValuesOptions, ListedField } from '../traces/trace-values.ts';
import { countValues, VALUE_SECONDS } from '../value-counts.ts';

const MAX_NS = 2n ** 63n - 1n;

/** Values of a field with the number of spans that have them, most frequent first. */
export function spanValues(scope: ProjectScope, options: FieldValuesOptions): Promise<FieldValues> {
  const fromNs = options.fromNs ?? 0n;
  const toNs = options.toNs ?? MAX_NS;
  const limits: QueryLimits = {
    maxSeconds: VALUE_SECONDS,
    ...(options.signal && { signal: options.signal }),
  };
  const lists = sql`
    SELECT ${valuesOf(options.field)} AS each
    FROM ${scope.mergedSpans} AS spans
    WHERE ${and([
      sql`start >= ${time(fromNs)} AND start < ${time(toNs)}`,
      ...spanFilterConditions(scope, options.filter, fromNs, toNs),
    ])}`;
  return countValues(scope, lists, options, limits);
}

function valuesOf(field: ListedField): Sql {
  const column = LABEL_COLUMNS[field];
  return 'text' in column ? sql`[toString(${column.text})]` : sql`arrayDistinct(${column.list})`;
}

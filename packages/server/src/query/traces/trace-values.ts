import { type Sql, sql } from '../../clickhouse/sql.ts';
import type { FieldValues } from '../../contract/values.ts';
import { TRACE_LABELS } from '../filter/filter-columns.ts';
import { filterConditions } from '../filter/filter-sql.ts';
import type { ProjectScope } from '../project-scope.ts';
import { countValues, type FieldValuesOptions, type ListedField } from '../value-counts.ts';

/** Values of a field with the number of traces that have them, most frequent first. */
export function traceValues(scope: ProjectScope, options: FieldValuesOptions): Promise<FieldValues> {
  const rows = {
    table: sql`${scope.traces} AS traces`,
    values: valuesOf(options.field),
    conditions: (fromNs: bigint, toNs: bigint) => filterConditions(scope, options.filter, fromNs, toNs),
  };
  return countValues(scope, rows, options);
}

function valuesOf(field: ListedField): Sql {
  return field === 'status' ? sql`[toString(status)]` : sql`arrayDistinct(${TRACE_LABELS[field]})`;
}

import { type Sql, sql } from '../../clickhouse/sql.ts';
import type { FieldValues } from '../../contract/values.ts';
import { LABEL_COLUMNS } from '../filter/filter-columns.ts';
import { spanFilterConditions } from '../filter/filter-sql.ts';
import type { ProjectScope } from '../project-scope.ts';
import { countValues, type FieldValuesOptions, type ListedField } from '../value-counts.ts';

/** Values of a field with the number of spans that have them, most frequent first. */
export function spanValues(scope: ProjectScope, options: FieldValuesOptions): Promise<FieldValues> {
  const rows = {
    table: sql`${scope.mergedSpans} AS spans`,
    values: valuesOf(options.field),
    conditions: (fromNs: bigint, toNs: bigint) => spanFilterConditions(scope, options.filter, fromNs, toNs),
  };
  return countValues(scope, rows, options);
}

function valuesOf(field: ListedField): Sql {
  const column = LABEL_COLUMNS[field];
  return 'text' in column ? sql`[toString(${column.text})]` : sql`arrayDistinct(${column.list})`;
}

import type { RowsOf } from '@throughline/spans';
import { type Sql, sql } from '../../clickhouse/sql.ts';
import { labelSql } from './dimension-sql.ts';
import type { DimensionColumn } from './plan-query.ts';

/**
 * The group of a row as one text: the value of a label, or two values with the length of the first one in front
 * (`6:searchgpt-4o`). A row with a list of values, such as tags, is in several groups.
 */
export type GroupKey = { readonly one: Sql } | { readonly all: Sql };

export function groupKeySql(of: RowsOf, labels: readonly DimensionColumn[]): GroupKey {
  const [first, second] = labels.map(({ dimension }) => labelSql(of, dimension));
  if (!first) throw new Error('A query without labels has no groups.');
  const isScalar = (each: typeof first) => 'text' in each;
  if (isScalar(first) && (!second || isScalar(second))) {
    const one = sql`toString(${(first as { text: Sql }).text})`;
    return { one: second ? pair(one, sql`toString(${(second as { text: Sql }).text})`) : one };
  }
  const values = valuesOf(first);
  if (!second) return { all: values };
  return {
    all: sql`arrayFlatten(arrayMap(a -> arrayMap(b -> ${pair(sql`a`, sql`b`)}, ${valuesOf(second)}), ${values}))`,
  };
}

function pair(first: Sql, second: Sql): Sql {
  return sql`concat(toString(length(${first})), ':', ${first}, ${second})`;
}

/** The different values of a row. A row without a value has one empty text. */
function valuesOf(label: ReturnType<typeof labelSql>): Sql {
  if ('text' in label) return sql`[toString(${label.text})]`;
  const list = sql`CAST(${label.list}, 'Array(String)')`;
  return sql`if(empty(${list}), [''], arrayDistinct(${list}))`;
}

/** The values of the labels of a group. Null means that its rows have no value. */
export function labelsOfKey(key: string, count: number): (string | null)[] {
  if (count === 1) return [key || null];
  const colon = key.indexOf(':');
  const bytes = Buffer.from(key.slice(colon + 1));
  const length = Number(key.slice(0, colon));
  return [bytes.subarray(0, length).toString() || null, bytes.subarray(length).toString() || null];
}

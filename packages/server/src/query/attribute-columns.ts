import { join, type Sql, sql } from '../clickhouse/sql.ts';
import { ThroughlineError } from '../errors/errors.ts';

/** Attributes that a list shows as columns. Keys have no prefix. */
export type AttributeColumns = readonly string[];

export const MAX_COLUMNS = 20;
const PREFIX = 'attr.';

/**
 * Parses `columns` of a request: `attr.customer.tier,attr.region`. A comma or a backslash in a key is written after a
 * backslash.
 *
 * @throws ThroughlineError invalid-request
 */
export function parseColumns(text: string | undefined): AttributeColumns {
  if (text === undefined || text === '') return [];
  const names = [...text.matchAll(/(?:\\.|[^,\\])+/gs)].map(([name]) => name.replace(/\\(.)/gs, '$1').trim());
  const unique = [...new Set(names)];
  if (unique.length > MAX_COLUMNS)
    throw new ThroughlineError('invalid-request', `columns: expected at most ${MAX_COLUMNS} columns.`);
  return unique.map((name) => {
    const key = name.slice(PREFIX.length);
    if (!name.startsWith(PREFIX) || key === '')
      throw new ThroughlineError(
        'invalid-request',
        `columns: expected attributes such as attr.customer.tier, separated by commas, not "${name.slice(0, 60)}".`,
      );
    return key;
  });
}

/** A list with the value of each column in a row of `spans`. Absent values are empty. */
export function columnValuesSql(columns: AttributeColumns): Sql {
  if (columns.length === 0) return sql`CAST([], 'Array(String)')`;
  return sql`[${join(
    columns.map((key) => sql`attributes[${key}]`),
    ', ',
  )}]`;
}

/** The values of the columns by their name in the request. */
export function toColumnValues(
  columns: AttributeColumns,
  values: readonly string[],
): Record<string, string | null> {
  return Object.fromEntries(columns.map((key, index) => [`${PREFIX}${key}`, values[index] || null]));
}

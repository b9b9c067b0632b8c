import { type Sql, sql } from '../clickhouse/sql.ts';

/** The last text in the order of bytes. Rows without a text get it in ascending order. */
const LAST_TEXT = '\u{10FFFF}';

/**
 * A sort value for a text: its first 200 characters, so that it fits into a cursor. Case is ignored, as people expect of
 * names. Rows without the text are last in both directions.
 */
export function textSortValue(text: Sql, descending: boolean): Sql {
  const value = sql`substringUTF8(lowerUTF8(${text}), 1, 200)`;
  return descending ? value : sql`if(${text} = '', ${LAST_TEXT}, ${value})`;
}

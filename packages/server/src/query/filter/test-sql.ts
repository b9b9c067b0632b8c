import type { LabelTest, NumberTest } from '@throughline/spans';
import { type Sql, sql, unsafeRawSql } from '../../clickhouse/sql.ts';

/** A condition that is true if a text satisfies the test. Absent texts are empty. */
export function labelTestSql(text: Sql, test: LabelTest): Sql {
  if (test.type === 'exists') return sql`${text} != ''`;
  if (test.type === 'equals') return sql`${text} = ${test.value}`;
  const { pieces } = test;
  const [first = '', second] = pieces;
  if (pieces.length === 2 && second === '') return sql`startsWith(${text}, ${first})`;
  if (pieces.length === 2 && first === '') return sql`endsWith(${text}, ${second as string})`;
  return sql`${text} LIKE ${pieces.map(escapeLike).join('%')}`;
}

/** A condition that is true if a number satisfies the test. It is false for NULL, so its negation is true. */
export function numberTestSql(number: Sql, test: NumberTest): Sql {
  if (test.type === 'exists') return sql`isNotNull(${number})`;
  if (test.type === 'between')
    return sql`ifNull(${number} >= ${test.low} AND ${number} <= ${test.high}, false)`;
  return sql`ifNull(${number} ${unsafeRawSql(test.comparison)} ${test.value}, false)`;
}

function escapeLike(piece: string): string {
  return piece.replace(/[\\%_]/g, '\\$&');
}

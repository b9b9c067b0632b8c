import { type Sql, sql } from '../../clickhouse/sql.ts';
import type { SpanSort, SpanSortField } from '../../contract/span-list.ts';
import { TOKENS } from '../../settle/trace-measures.ts';
import type { CursorValueType } from '../cursor.ts';

/** Type of a sort value in SQL, and its largest value, which absent numbers get in ascending order. */
const TYPES = {
  integer: { absentLast: sql`toInt64(9223372036854775807)`, parse: (text: string) => sql`toInt64(${text})` },
  cost: {
    absentLast: sql`toDecimal64(999999, 12)`,
    parse: (text: string) => sql`toDecimal64(${text}, 12)`,
  },
} as const;

const VALUES: Readonly<Record<SpanSortField, { readonly number: Sql; readonly type: keyof typeof TYPES }>> = {
  startTime: { number: sql`toUnixTimestamp64Nano(start)`, type: 'integer' },
  durationMs: { number: sql`toInt64(duration_ns)`, type: 'integer' },
  costUsd: { number: sql`cost_usd`, type: 'cost' },
  inputTokens: { number: sql`toInt64(input_tokens)`, type: 'integer' },
  outputTokens: { number: sql`toInt64(output_tokens)`, type: 'integer' },
  totalTokens: { number: sql`toInt64(${TOKENS})`, type: 'integer' },
  ttftMs: { number: sql`toInt64(ttft_ns)`, type: 'integer' },
  documentCount: { number: sql`toInt64(document_count)`, type: 'integer' },
};

export interface SpanSortSql {
  readonly descending: boolean;
  /** Expression of the sort value. Spans without the number come last in both directions. */
  readonly value: Sql;
  /** Expression of a sort value from a cursor. */
  readonly parse: (text: string) => Sql;
  readonly cursorType: CursorValueType;
}

export function spanSortSql(sort: SpanSort): SpanSortSql {
  const descending = sort.startsWith('-');
  const field = sort.replace('-', '') as SpanSortField;
  const { number, type } = VALUES[field];
  const { absentLast, parse } = TYPES[type];
  const isStart = field === 'startTime';
  return {
    descending,
    value: isStart ? number : sql`ifNull(${number}, ${descending ? sql`-1` : absentLast})`,
    parse,
    cursorType: isStart ? 'nanoseconds' : 'decimal',
  };
}

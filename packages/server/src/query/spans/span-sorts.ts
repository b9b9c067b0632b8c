import { type Sql, sql } from '../../clickhouse/sql.ts';
import type { ScoreNameSort } from '../../contract/score-sort.ts';
import type { SpanSort, SpanSortField } from '../../contract/span-list.ts';
import { TOKENS } from '../../settle/trace-measures.ts';
import type { CursorValueType } from '../cursor.ts';
import { textSortValue } from '../text-sort.ts';

/** Type of a sort value in SQL, and its largest value, which absent numbers get in ascending order. */
const TYPES = {
  integer: { absentLast: sql`toInt64(9223372036854775807)`, parse: (text: string) => sql`toInt64(${text})` },
  cost: {
    absentLast: sql`toDecimal64(999999, 12)`,
    parse: (text: string) => sql`toDecimal64(${text}, 12)`,
  },
} as const;

type NumberField =
  | 'startTime'
  | 'durationMs'
  | 'costUsd'
  | 'inputTokens'
  | 'outputTokens'
  | 'totalTokens'
  | 'ttftMs'
  | 'documentCount';

const TEXTS: Readonly<Record<Exclude<SpanSortField, NumberField>, Sql>> = {
  name: sql`name`,
  kind: sql`kind`,
  status: sql`status`,
  model: sql`model`,
  provider: sql`provider`,
  toolName: sql`tool_name`,
  agentName: sql`agent_name`,
  promptName: sql`prompt_name`,
  errorType: sql`error_type`,
  service: sql`service`,
  environment: sql`environment`,
  release: sql`release`,
  feature: sql`feature`,
  userId: sql`user_id`,
  sessionId: sql`session_id`,
};

const VALUES: Readonly<Record<NumberField, { readonly column: Sql; readonly type: keyof typeof TYPES }>> = {
  startTime: { column: sql`toUnixTimestamp64Nano(start)`, type: 'integer' },
  durationMs: { column: sql`duration_ns`, type: 'integer' },
  costUsd: { column: sql`cost_usd`, type: 'cost' },
  inputTokens: { column: sql`input_tokens`, type: 'integer' },
  outputTokens: { column: sql`output_tokens`, type: 'integer' },
  totalTokens: { column: TOKENS, type: 'integer' },
  ttftMs: { column: sql`ttft_ns`, type: 'integer' },
  documentCount: { column: sql`document_count`, type: 'integer' },
};

export interface SpanSortSql {
  readonly descending: boolean;
  /** Expression of the sort value. Spans without a value come last in both directions. */
  readonly value: Sql;
  /** The number itself, for conditions that can use an index. NULL if the span does not have it. Of a text, its sort value. */
  readonly column: Sql;
  /** Expression of a sort value from a cursor. */
  readonly parse: (text: string) => Sql;
  readonly cursorType: CursorValueType;
}

export function spanSortSql(sort: Exclude<SpanSort, ScoreNameSort>): SpanSortSql {
  const descending = sort.startsWith('-');
  const field = sort.replace('-', '') as SpanSortField;
  if (field in TEXTS) {
    const value = textSortValue(TEXTS[field as keyof typeof TEXTS], descending);
    return { descending, value, column: value, parse: (text) => sql`${text}`, cursorType: 'text' };
  }
  const { column, type } = VALUES[field as NumberField];
  const { absentLast, parse } = TYPES[type];
  const isStart = field === 'startTime';
  const number = type === 'integer' ? sql`toInt64(${column})` : column;
  return {
    descending,
    value: isStart ? column : sql`ifNull(${number}, ${descending ? sql`-1` : absentLast})`,
    column,
    parse,
    cursorType: isStart ? 'nanoseconds' : type,
  };
}

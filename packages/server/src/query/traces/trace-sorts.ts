import { type Sql, sql } from '../../clickhouse/sql.ts';
import { isScoreSort, scoreOfSort } from '../../contract/score-sort.ts';
import type { TraceSort, TraceSortField } from '../../contract/trace.ts';
import type { CursorValueType } from '../cursor.ts';
import type { ProjectScope } from '../project-scope.ts';
import { bestScores, scoreSortValue } from '../scores/score-sort.ts';
import { textSortValue } from '../text-sort.ts';

/** How a page of traces is sorted. */
export interface TraceSortSql {
  readonly descending: boolean;
  /** The sort value of a row of `traces`, or of `traces` joined with `scored`. Traces without a value are last. */
  readonly value: Sql;
  /** A sort value from a cursor. */
  readonly parse: (text: string) => Sql;
  readonly cursorType: CursorValueType;
  /** A table with `trace_id` and `score`, if the order needs one. */
  readonly scored?: Sql;
}

type NumberField =
  | 'durationMs'
  | 'costUsd'
  | 'inputTokens'
  | 'outputTokens'
  | 'totalTokens'
  | 'spanCount'
  | 'errorCount';

const TEXTS: Readonly<Record<Exclude<TraceSortField, NumberField | 'startTime'>, Sql>> = {
  name: sql`name`,
  status: sql`status`,
  // Lists show the first one.
  model: sql`models[1]`,
  service: sql`services[1]`,
  environment: sql`environment`,
  feature: sql`feature`,
  userId: sql`user_id`,
  sessionId: sql`session_id`,
};

/** Undefined for orders by start and by measures, which have ways of reading of their own. */
export function traceSortSql(scope: ProjectScope, sort: TraceSort): TraceSortSql | undefined {
  const descending = sort.startsWith('-');
  if (isScoreSort(sort))
    return {
      descending,
      value: scoreSortValue(descending),
      parse: (text) => sql`toFloat64(${text})`,
      cursorType: 'float',
      scored: bestScores(scope, scoreOfSort(sort), sql`trace_id`),
    };
  const field = sort.replace('-', '') as TraceSortField;
  if (field in TEXTS)
    return {
      descending,
      value: textSortValue(TEXTS[field as keyof typeof TEXTS], descending),
      parse: (text) => sql`${text}`,
      cursorType: 'text',
    };
  return undefined;
}

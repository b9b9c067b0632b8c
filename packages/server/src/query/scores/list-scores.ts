import type { QueryLimits } from '../../clickhouse/engine.ts';
import { and, type Sql, sql, unsafeRawSql } from '../../clickhouse/sql.ts';
import type { Score, ScoreSort } from '../../contract/score.ts';
import { decodeCursor, encodeCursor } from '../cursor.ts';
import type { ProjectScope } from '../project-scope.ts';
import { SCORE_COLUMNS, type ScoreRow, toScore } from './score-rows.ts';
import { createdWithin, withCreation } from './score-starts.ts';

export interface ListScoresOptions {
  readonly traceId?: string | undefined;
  readonly spanId?: string | undefined;
  readonly sessionId?: string | undefined;
  readonly name?: string | undefined;
  readonly source?: string | undefined;
  readonly evaluator?: string | undefined;
  /** Exact value of a category, or `true` or `false` for a boolean. */
  readonly value?: string | undefined;
  /** Limits of numbers, inclusive. */
  readonly min?: number | undefined;
  readonly max?: number | undefined;
  /** Default: most recently changed first. */
  readonly sort?: ScoreSort | undefined;
  /** Lower limit for the creation of scores, inclusive, in nanoseconds since 1970. */
  readonly fromNs?: bigint | undefined;
  /** Upper limit for the creation of scores, exclusive. */
  readonly toNs?: bigint | undefined;
  readonly limit: number;
  readonly cursor?: string | undefined;
  readonly signal?: AbortSignal | undefined;
}

/**
 * Columns of the sort orders. Numbers, and booleans as 0 and 1, are sorted by value; categories have none and come last.
 */
function sortOf(sort: ScoreSort): { readonly value: Sql; readonly parse: (text: string) => Sql } {
  const isByTime = sort === '-updatedAt' || sort === 'updatedAt';
  if (isByTime) return { value: sql`version`, parse: (text) => sql`toUInt64(${text})` };
  const absent = sort.startsWith('-') ? sql`-inf` : sql`inf`;
  return { value: sql`ifNull(number, ${absent})`, parse: (text) => sql`toFloat64(${text})` };
}

/** Lists scores, most recently changed first by default. Throws `invalid-cursor`. */
export async function listScores(
  scope: ProjectScope,
  options: ListScoresOptions,
): Promise<{ scores: Score[]; nextCursor: string | null }> {
  const { limit, fromNs, toNs, sort = '-updatedAt', value, min, max } = options;
  const conditions: Sql[] = [];
  const equal = (column: Sql, value: string | undefined) => {
    if (value !== undefined) conditions.push(sql`${column} = ${value}`);
  };
  equal(sql`trace_id`, options.traceId);
  equal(sql`span_id`, options.spanId);
  equal(sql`session_id`, options.sessionId);
  equal(sql`name`, options.name);
  equal(sql`source`, options.source);
  equal(sql`evaluator`, options.evaluator);
  if (fromNs !== undefined || toNs !== undefined) conditions.push(createdWithin(scope, fromNs, toNs));
  if (value !== undefined) conditions.push(hasValue(value));
  if (min !== undefined) conditions.push(sql`ifNull(number >= ${min}, false)`);
  if (max !== undefined) conditions.push(sql`ifNull(number <= ${max}, false)`);
  const descending = sort.startsWith('-');
  const order = sortOf(sort);
  const direction = unsafeRawSql(descending ? 'DESC' : 'ASC');
  if (options.cursor !== undefined) {
    const place = decodeCursor(options.cursor, sort, sort.endsWith('updatedAt') ? 'nanoseconds' : 'float');
    const beyond = unsafeRawSql(descending ? '<' : '>');
    conditions.push(sql`(${order.value}, id) ${beyond} (${order.parse(place.value)}, ${place.id})`);
  }
  const limits: QueryLimits = options.signal ? { signal: options.signal } : {};
  const rows = await scope.query<ScoreRow & { readonly sort_value: string }>(
    sql`
    SELECT ${SCORE_COLUMNS}, toString(${order.value}) AS sort_value
    FROM ${scope.scores}
    WHERE ${and(conditions)}
    ORDER BY ${order.value} ${direction}, id ${direction}
    LIMIT ${limit + 1}`,
    limits,
  );
  const page = await withCreation(scope, rows.slice(0, limit), limits);
  const last = page.at(-1);
  const more = rows.length > limit && last !== undefined;
  return {
    scores: page.map(toScore),
    nextCursor: more ? encodeCursor({ sort, value: last.sort_value, id: last.id }) : null,
  };
}

/** A condition for an exact value: a category, or a boolean written as `true` or `false`. */
function hasValue(value: string): Sql {
  const isCategory = sql`(value_type = 'category' AND text = ${value})`;
  if (value !== 'true' && value !== 'false') return isCategory;
  return sql`(${isCategory} OR (value_type = 'boolean' AND number = ${value === 'true' ? 1 : 0}))`;
}

import type { QueryLimits } from '../../clickhouse/engine.ts';
import { and, type Sql, sql } from '../../clickhouse/sql.ts';
import type { Score } from '../../contract/score.ts';
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
  /** Lower limit for the creation of scores, inclusive, in nanoseconds since 1970. */
  readonly fromNs?: bigint | undefined;
  /** Upper limit for the creation of scores, exclusive. */
  readonly toNs?: bigint | undefined;
  readonly limit: number;
  readonly cursor?: string | undefined;
  readonly signal?: AbortSignal | undefined;
}

/** The sort of the cursors. */
const SORT = '-updatedAt';

/** Lists scores, most recently changed first. Throws `invalid-cursor`. */
export async function listScores(
  scope: ProjectScope,
  options: ListScoresOptions,
): Promise<{ scores: Score[]; nextCursor: string | null }> {
  const { limit, fromNs, toNs } = options;
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
  if (options.cursor !== undefined) {
    const { value, id } = decodeCursor(options.cursor, SORT, 'nanoseconds');
    conditions.push(sql`(version, id) < (toUInt64(${value}), ${id})`);
  }
  const limits: QueryLimits = options.signal ? { signal: options.signal } : {};
  const rows = await scope.query<ScoreRow>(
    sql`
    SELECT ${SCORE_COLUMNS}
    FROM ${scope.scores}
    WHERE ${and(conditions)}
    ORDER BY version DESC, id DESC
    LIMIT ${limit + 1}`,
    limits,
  );
  const page = await withCreation(scope, rows.slice(0, limit), limits);
  const last = page.at(-1);
  const more = rows.length > limit && last !== undefined;
  return {
    scores: page.map(toScore),
    nextCursor: more ? encodeCursor({ sort: SORT, value: last.version, id: last.id }) : null,
  };
}

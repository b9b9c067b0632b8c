import type { QueryLimits } from '../../clickhouse/engine.ts';
import { orNull } from '../../clickhouse/numbers.ts';
import { type Sql, sql } from '../../clickhouse/sql.ts';
import type { Score, ScoreSummary } from '../../contract/score.ts';
import { isoTimestampOf } from '../../contract/timestamps.ts';
import type { ProjectScope } from '../project-scope.ts';
import { type SpanId, spanKey } from '../spans/span-key.ts';
import { withCreation } from './score-starts.ts';

export const SCORE_COLUMNS: Sql = sql`id, trace_id, span_id, session_id, name, value_type, number, text, label, unit, source,
  evaluator, comment, metadata, toUnixTimestamp64Nano(created) AS created_ns, version`;

export interface ScoreRow {
  readonly id: string;
  readonly trace_id: string;
  readonly span_id: string;
  readonly session_id: string;
  readonly name: string;
  readonly value_type: 'number' | 'boolean' | 'category';
  readonly number: number | null;
  readonly text: string;
  readonly label: string;
  readonly unit: string;
  readonly source: string;
  readonly evaluator: string;
  readonly comment: string;
  readonly metadata: string;
  readonly created_ns: string;
  /** Nanoseconds since 1970. */
  readonly version: string;
}

export function toScore(row: ScoreRow): Score {
  return {
    ...toScoreSummary(row),
    id: row.id,
    traceId: orNull(row.trace_id),
    sessionId: orNull(row.session_id),
    comment: orNull(row.comment),
    metadata: row.metadata === '' ? null : (JSON.parse(row.metadata) as Record<string, unknown>),
    createdAt: isoTimestampOf(BigInt(row.created_ns)),
    updatedAt: isoTimestampOf(BigInt(row.version)),
  };
}

export function toScoreSummary(
  row: Pick<
    ScoreRow,
    'span_id' | 'name' | 'value_type' | 'number' | 'text' | 'label' | 'unit' | 'source' | 'evaluator'
  >,
): ScoreSummary {
  return {
    name: row.name,
    value: scoreValueOf(row),
    label: orNull(row.label),
    unit: orNull(row.unit),
    spanId: orNull(row.span_id),
    source: row.source,
    evaluator: orNull(row.evaluator),
  };
}

function scoreValueOf({ value_type, number, text }: Pick<ScoreRow, 'value_type' | 'number' | 'text'>) {
  if (value_type === 'category') return text;
  return value_type === 'boolean' ? number === 1 : (number ?? 0);
}

/** The scores of one span, sorted by name. */
export async function scoresOfSpan(
  scope: ProjectScope,
  traceId: string,
  spanId: string,
  limits?: QueryLimits,
): Promise<Score[]> {
  const rows = await scope.query<ScoreRow>(
    sql`
    SELECT ${SCORE_COLUMNS}
    FROM ${scope.scores}
    WHERE trace_id = ${traceId} AND span_id = ${spanId}
    ORDER BY name, version, id
    LIMIT ${MAX_OF_SPAN}`,
    limits,
  );
  return (await withCreation(scope, rows, limits)).map(toScore);
}

const MAX_OF_SPAN = 1000;

/**
 * The latest version of each score of which any version satisfies the condition. The index of trace ids finds the ids and the
 * primary key finds their versions, which takes half the time of merging all versions while reading.
 */
function latestScores(scope: ProjectScope, condition: Sql): Sql {
  return sql`(
    SELECT *
    FROM ${scope.storedScores}
    WHERE id IN (SELECT id FROM ${scope.storedScores} WHERE ${condition})
    ORDER BY version DESC
    LIMIT 1 BY id)`;
}

/**
 * Scores by trace id, including those of spans. At most `limit` per trace: first the scores of the whole trace, then the
 * latest ones.
 */
export async function scoresOfTraces(
  scope: ProjectScope,
  traceIds: readonly string[],
  limit: number,
  limits?: QueryLimits,
): Promise<Map<string, ScoreSummary[]>> {
  const rows = await scope.query<ScoreRow>(
    sql`
    SELECT trace_id, span_id, name, value_type, number, text, label, unit, source, evaluator
    FROM ${latestScores(scope, sql`trace_id IN ${traceIds}`)}
    WHERE trace_id IN ${traceIds}
    ORDER BY span_id != '', version DESC, id
    LIMIT ${limit} BY trace_id`,
    limits,
  );
  const byTrace = new Map<string, ScoreSummary[]>();
  for (const row of rows) {
    const scores = byTrace.get(row.trace_id);
    if (scores) scores.push(toScoreSummary(row));
    else byTrace.set(row.trace_id, [toScoreSummary(row)]);
  }
  return byTrace;
}

/** Scores of spans by `spanKey`, the latest first, at most `limit` per span. */
export async function scoresOfSpans(
  scope: ProjectScope,
  spans: readonly SpanId[],
  limit: number,
  limits?: QueryLimits,
): Promise<Map<string, ScoreSummary[]>> {
  const about = sql`trace_id IN ${spans.map(({ traceId }) => traceId)} AND span_id IN ${spans.map(({ spanId }) => spanId)}`;
  const rows = await scope.query<ScoreRow>(
    sql`
    SELECT trace_id, span_id, name, value_type, number, text, label, unit, source, evaluator
    FROM ${latestScores(scope, about)}
    WHERE ${about}
    ORDER BY version DESC, id
    LIMIT ${limit} BY trace_id, span_id`,
    limits,
  );
  const bySpan = new Map<string, ScoreSummary[]>();
  for (const row of rows) {
    const key = spanKey({ traceId: row.trace_id, spanId: row.span_id });
    bySpan.set(key, [...(bySpan.get(key) ?? []), toScoreSummary(row)]);
  }
  return bySpan;
}

import type { StatusCode } from '@throughline/spans';
import type { QueryLimits } from '../../clickhouse/engine.ts';
import { nsToMs, orNull, toCount, toNumber } from '../../clickhouse/numbers.ts';
import { type Sql, sql } from '../../clickhouse/sql.ts';
import type { ScoreSummary } from '../../contract/score.ts';
import { toIsoTimestamp } from '../../contract/timestamps.ts';
import type { TraceSummary } from '../../contract/trace.ts';
import { type ProjectScope, type SpanRange, startsWithin } from '../project-scope.ts';
import { scoresOfTraces } from '../scores/score-rows.ts';
import { TRACE_MEASURES, TRACE_RUNNING, TRACE_STATUS } from '../trace-measures.ts';
import { type PreviewSource, type Previews, readPreviews } from './previews.ts';

/** A trace's summary and where it stands in lists. */
export interface SummarisedTrace {
  readonly summary: TraceSummary;
  /** Earliest start of any row of the trace, versions that were replaced included: it does not move. */
  readonly positionNs: bigint;
}

/** A trace as the store adds it up. */
export interface TraceRow {
  readonly trace_id: string;
  /** First and last start of all its rows, versions that were replaced included. */
  readonly position_ns: string;
  readonly last_ns: string;
  /** Newest version of its spans. Rows with a later version have arrived since. */
  readonly version: string;
  readonly first_start: string;
  readonly latency_ns: string | null;
  readonly running: number;
  readonly trace_status: StatusCode;
  readonly head: readonly [spanId: string, startNs: string, name: string, service: string];
  readonly span_count: string;
  readonly error_count: string;
  readonly sum_input_tokens: string | null;
  readonly sum_output_tokens: string | null;
  readonly cost: string | null;
  readonly unpriced_calls: string;
  readonly models: readonly string[];
  /** Without those that cost nothing. */
  readonly model_costs: readonly [names: string[], costs: string[]];
  readonly services: readonly string[];
  readonly environment: string;
  readonly user_id: string;
  readonly session_id: string;
  readonly feature: string;
  readonly tags: readonly string[];
  readonly has_documents: number | null;
  readonly first_call: readonly [spanId: string, startNs: string];
  readonly last_call: readonly [spanId: string, startNs: string];
}

/** Summaries of the traces named, by id; those that have no span in the range are missing. */
export async function readTraceSummaries(
  scope: ProjectScope,
  traceIds: readonly string[],
  range: SpanRange | undefined,
  limits?: QueryLimits,
  asOfNs?: bigint,
): Promise<Map<string, SummarisedTrace>> {
  if (traceIds.length === 0) return new Map();
  const [rows, scores] = await Promise.all([
    readTraceRows(scope, traceIds, range, limits, asOfNs),
    scoresOfTraces(scope, traceIds, MAX_SCORES, limits),
  ]);
  const previews = await readPreviews(scope, rows.map(previewSource), limits);
  return new Map(
    rows.map((row) => {
      const summary = toSummary(row, previews.get(row.trace_id), scores.get(row.trace_id));
      return [row.trace_id, { summary, positionNs: BigInt(row.position_ns) }];
    }),
  );
}

/** Of one trace in a list. */
const MAX_SCORES = 20;

const MAX_NS = 2n ** 63n - 1n;

/**
 * Where a trace stands in lists: its earliest start among the rows received until then, or, if none of its rows was,
 * among all. `over` makes it a window function.
 */
export function positionAsOf(asOfNs: bigint, over: Sql = sql``): Sql {
  const start = sql`toUnixTimestamp64Nano(start)`;
  return sql`ifNull(minOrNullIf(${start}, version <= ${asOfNs}) ${over}, min(${start}) ${over})`;
}

/** A span counts once, in its latest version, even where that has another start and so another key. */
export function readTraceRows(
  scope: ProjectScope,
  traceIds: readonly string[],
  range: SpanRange | undefined,
  limits?: QueryLimits,
  asOfNs = MAX_NS,
): Promise<TraceRow[]> {
  const within = range ? sql`AND ${startsWithin(range)}` : sql``;
  return scope.query<TraceRow>(
    sql`
    WITH (parent_span_id != '', start, span_id) AS root_first
    SELECT trace_id,
      min(earliest_ns) AS position_ns,
      max(latest_ns) AS last_ns,
      max(spans.version) AS version,
      min(start) AS first_start,
      ${TRACE_MEASURES.latency} AS latency_ns,
      ${TRACE_RUNNING} AS running,
      ${TRACE_STATUS} AS trace_status,
      argMin((span_id, toString(start_ns), name, service), root_first) AS head,
      ${TRACE_MEASURES.spans} AS span_count,
      ${TRACE_MEASURES.errors} AS error_count,
      ${TRACE_MEASURES.inputTokens} AS sum_input_tokens,
      ${TRACE_MEASURES.outputTokens} AS sum_output_tokens,
      ${TRACE_MEASURES.cost} AS cost,
      ${TRACE_MEASURES.unpricedCalls} AS unpriced_calls,
      groupUniqArrayIf(100)(model, model != '') AS models,
      sumMapIf([model], [ifNull(cost_usd, 0)], model != '' AND counted) AS model_costs,
      groupUniqArray(50)(service) AS services,
      argMinIf(environment, root_first, environment != '') AS environment,
      argMinIf(user_id, root_first, user_id != '') AS user_id,
      argMinIf(session_id, root_first, session_id != '') AS session_id,
      argMinIf(feature, root_first, feature != '') AS feature,
      groupUniqArrayArray(100)(tags) AS tags,
      max(document_count) > 0 AS has_documents,
      argMinIf((span_id, toString(start_ns)), (start, span_id), kind = 'llm') AS first_call,
      argMaxIf((span_id, toString(start_ns)), (start, span_id), kind = 'llm') AS last_call
    FROM
    (
      SELECT trace_id, span_id, version, parent_span_id, name, kind, start, toUnixTimestamp64Nano(start) AS start_ns,
        duration_ns, status, service, environment, user_id, session_id, feature, tags, model, counted, input_tokens,
        output_tokens, cost_usd, ${positionAsOf(asOfNs, sql`OVER (PARTITION BY trace_id)`)} AS earliest_ns,
        max(start_ns) OVER (PARTITION BY trace_id) AS latest_ns, document_count
      FROM ${scope.spans}
      WHERE trace_id IN ${traceIds} ${within}
      ORDER BY version DESC
      LIMIT 1 BY trace_id, span_id
    ) AS spans
    GROUP BY trace_id`,
    limits,
  );
}

const NO_PREVIEWS: Previews = { inputPreview: null, outputPreview: null };

export function previewSource(row: TraceRow): PreviewSource {
  const [headId, headStartNs] = row.head;
  const calls = [row.first_call, row.last_call].filter(([spanId]) => spanId !== '');
  const [first, last] = calls.map(([spanId, startNs]) => ({ spanId, startNs }));
  const head = { spanId: headId, startNs: headStartNs };
  return {
    traceId: row.trace_id,
    input: first ? [head, first] : [head],
    output: last ? [head, last] : [head],
  };
}

export function toSummary(
  row: TraceRow,
  previews: Previews = NO_PREVIEWS,
  scores: ScoreSummary[] = [],
): TraceSummary {
  const [, , name, headService] = row.head;
  return {
    traceId: row.trace_id,
    name,
    startTime: toIsoTimestamp(row.first_start),
    durationMs: nsToMs(row.latency_ns),
    running: row.running === 1,
    status: row.trace_status,
    spanCount: Number(row.span_count),
    errorCount: Number(row.error_count),
    inputTokens: toCount(row.sum_input_tokens),
    outputTokens: toCount(row.sum_output_tokens),
    costUsd: toNumber(row.cost),
    costIncomplete: row.unpriced_calls !== '0',
    models: mostExpensiveFirst(row),
    services: [...row.services].filter(Boolean).sort((a, b) => byName(a, b, headService)),
    environment: orNull(row.environment),
    userId: orNull(row.user_id),
    sessionId: orNull(row.session_id),
    feature: orNull(row.feature),
    tags: [...row.tags].sort(),
    ...previews,
    scores,
  };
}

function mostExpensiveFirst({ models, model_costs: [names, costs] }: TraceRow): string[] {
  const costByName = new Map(names.map((name, index) => [name, Number(costs[index])]));
  const costOf = (name: string) => costByName.get(name) ?? 0;
  return [...models].sort((a, b) => costOf(b) - costOf(a) || (a < b ? -1 : 1));
}

/** `first` before all others. */
function byName(a: string, b: string, first: string): number {
  return Number(b === first) - Number(a === first) || (a < b ? -1 : 1);
}

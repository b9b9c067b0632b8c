import type { StatusCode } from '@throughline/spans';
import type { QueryLimits } from '../../clickhouse/engine.ts';
import { nsToMs, orNull, toCount, toNumber } from '../../clickhouse/numbers.ts';
import { and, type Sql, sql } from '../../clickhouse/sql.ts';
import type { ScoreSummary } from '../../contract/score.ts';
import { isoTimestampOf } from '../../contract/timestamps.ts';
import type { TraceSummary } from '../../contract/trace.ts';
import { MAX_UNPRICED_MODELS } from '../../contract/unpriced.ts';
import type { ProjectScope } from '../project-scope.ts';
import type { PreviewSource, Previews } from './previews.ts';

/** What summaries need of a row of `traces`. Most of it is stored as JSON in one column, see `018-trace-summaries.sql`. */
export interface TraceRow {
  readonly trace_id: string;
  readonly start_ns: string;
  readonly last_start_ns: string;
  /** Latest version of its spans when the trace was settled. Rows with a later version have arrived since. */
  readonly newest_version: string;
  readonly duration_ns: string | null;
  readonly running: boolean;
  readonly status: StatusCode;
  readonly name: string;
  readonly head_span_id: string;
  readonly head_start_ns: string;
  /** Empty if there is no model call. */
  readonly first_call_id: string;
  readonly first_call_ns: string;
  readonly last_call_id: string;
  readonly last_call_ns: string;
  readonly span_count: number;
  readonly error_count: number;
  readonly input_tokens: string | null;
  readonly output_tokens: string | null;
  readonly cost_usd: string | null;
  readonly unpriced: number;
  readonly unpriced_models: readonly string[];
  readonly has_documents: boolean;
  readonly models: readonly string[];
  readonly services: readonly string[];
  readonly environment: string;
  readonly user_id: string;
  readonly session_id: string;
  readonly feature: string;
  readonly tags: readonly string[];
  readonly given_tags: readonly string[];
}

/** Rows of the traces that satisfy all conditions on `traces`. */
export async function readTraceRows(
  scope: ProjectScope,
  conditions: readonly Sql[],
  limits?: QueryLimits,
): Promise<TraceRow[]> {
  const rows = await scope.query<{ trace_id: string; start_ns: string; summary: string }>(
    sql`
    SELECT trace_id, toUnixTimestamp64Nano(start) AS start_ns, summary
    FROM ${scope.traces} AS traces
    WHERE ${and(conditions)}`,
    limits,
  );
  return rows.map(({ summary, ...row }) => ({ ...row, ...(JSON.parse(summary) as StoredSummary) }));
}

/** The JSON of the column `summary`. */
type StoredSummary = Omit<TraceRow, 'trace_id' | 'start_ns'>;

const NO_PREVIEWS: Previews = { inputPreview: null, outputPreview: null };

/** Spans that can provide the previews: the head, then the first call for the input or the last call for the output. */
export function previewSource(row: TraceRow): PreviewSource {
  const head = { spanId: row.head_span_id, startNs: row.head_start_ns };
  if (row.first_call_id === '') return { traceId: row.trace_id, input: [head], output: [head] };
  return {
    traceId: row.trace_id,
    input: [head, { spanId: row.first_call_id, startNs: row.first_call_ns }],
    output: [head, { spanId: row.last_call_id, startNs: row.last_call_ns }],
  };
}

export function toSummary(
  row: TraceRow,
  previews: Previews = NO_PREVIEWS,
  scores: ScoreSummary[] = [],
): TraceSummary {
  return {
    traceId: row.trace_id,
    name: row.name,
    startTime: isoTimestampOf(BigInt(row.start_ns)),
    durationMs: nsToMs(row.duration_ns),
    running: row.running,
    status: row.status,
    spanCount: row.span_count,
    errorCount: row.error_count,
    inputTokens: toCount(row.input_tokens),
    outputTokens: toCount(row.output_tokens),
    costUsd: toNumber(row.cost_usd),
    costIncomplete: row.unpriced > 0,
    unpricedCalls: row.unpriced,
    unpricedModels: row.unpriced_models.slice(0, MAX_UNPRICED_MODELS),
    models: [...row.models],
    services: [...row.services],
    environment: orNull(row.environment),
    userId: orNull(row.user_id),
    sessionId: orNull(row.session_id),
    feature: orNull(row.feature),
    tags: [...row.tags],
    givenTags: [...row.given_tags],
    ...previews,
    scores,
  };
}

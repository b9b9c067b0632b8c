import type { SpanKind, StatusCode } from '@throughline/spans';
import type { SpanSummary } from '../api/schemas.ts';
import { type Sql, sql } from '../store/sql.ts';
import { nsToMs, orNull, toCount, toNumber } from './numbers.ts';
import { toIsoTimestamp } from './timestamps.ts';

/** The columns of `spans` that a span summary is made of. */
export const SPAN_SUMMARY_COLUMNS: Sql = sql`
  trace_id, span_id, parent_span_id, name, kind, start, duration_ns, status, status_message, error_type, service,
  provider, model, input_tokens, output_tokens, cache_read_tokens, cache_write_tokens, reasoning_tokens, cost_usd,
  counted, ttft_ns, tool_name, agent_name, document_count, input_document_count`;

export interface SpanSummaryRow {
  readonly trace_id: string;
  readonly span_id: string;
  readonly parent_span_id: string;
  readonly name: string;
  readonly kind: SpanKind;
  readonly start: string;
  readonly duration_ns: string | null;
  readonly status: StatusCode;
  readonly status_message: string;
  readonly error_type: string;
  readonly service: string;
  readonly provider: string;
  readonly model: string;
  readonly input_tokens: string | null;
  readonly output_tokens: string | null;
  readonly cache_read_tokens: string | null;
  readonly cache_write_tokens: string | null;
  readonly reasoning_tokens: string | null;
  readonly cost_usd: string | null;
  readonly counted: boolean;
  readonly ttft_ns: string | null;
  readonly tool_name: string;
  readonly agent_name: string;
  readonly document_count: number | null;
  readonly input_document_count: number | null;
}

export function toSpanSummary(row: SpanSummaryRow): SpanSummary {
  return {
    spanId: row.span_id,
    parentSpanId: orNull(row.parent_span_id),
    name: row.name,
    kind: row.kind,
    startTime: toIsoTimestamp(row.start),
    durationMs: nsToMs(row.duration_ns),
    status: row.status,
    statusMessage: orNull(row.status_message),
    errorType: orNull(row.error_type),
    service: orNull(row.service),
    provider: orNull(row.provider),
    model: orNull(row.model),
    inputTokens: toCount(row.input_tokens),
    outputTokens: toCount(row.output_tokens),
    cacheReadTokens: toCount(row.cache_read_tokens),
    cacheWriteTokens: toCount(row.cache_write_tokens),
    reasoningTokens: toCount(row.reasoning_tokens),
    costUsd: toNumber(row.cost_usd),
    counted: row.counted,
    ttftMs: nsToMs(row.ttft_ns),
    toolName: orNull(row.tool_name),
    agentName: orNull(row.agent_name),
    documentCount: row.document_count,
    inputDocumentCount: row.input_document_count,
  };
}

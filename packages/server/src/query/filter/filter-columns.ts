import type { LabelField, SpanNumberField, TraceNumberField } from '@throughline/spans';
import { type Sql, sql } from '../../clickhouse/sql.ts';

/** A label of a span: one text, or a list of texts of which any may match. */
export type LabelColumn = { readonly text: Sql } | { readonly list: Sql };

/** Where `spans` keeps each label. */
export const LABEL_COLUMNS: Readonly<Record<LabelField, LabelColumn>> = {
  kind: { text: sql`kind` },
  name: { text: sql`name` },
  status: { text: sql`status` },
  error: { text: sql`error_type` },
  model: { text: sql`model` },
  provider: { text: sql`provider` },
  operation: { text: sql`operation` },
  finish: { list: sql`finish_reasons` },
  tool: { text: sql`tool_name` },
  agent: { text: sql`agent_name` },
  workflow: { text: sql`workflow_name` },
  prompt: { text: sql`prompt_name` },
  promptVersion: { text: sql`prompt_version` },
  service: { text: sql`service` },
  env: { text: sql`environment` },
  release: { text: sql`release` },
  feature: { text: sql`feature` },
  user: { text: sql`user_id` },
  session: { text: sql`session_id` },
  tag: { list: sql`tags` },
  trace: { text: sql`trace_id` },
};

/** Numbers of one span. An absent value is NULL. */
export const SPAN_NUMBERS: Readonly<Record<SpanNumberField, Sql>> = {
  cost: sql`toFloat64(cost_usd)`,
  latency: sql`duration_ns / 1e6`,
  ttft: sql`ttft_ns / 1e6`,
  tokens: sql`if(input_tokens IS NULL, output_tokens, input_tokens + ifNull(output_tokens, 0))`,
  inputTokens: sql`input_tokens`,
  outputTokens: sql`output_tokens`,
  cacheReadTokens: sql`cache_read_tokens`,
  cacheWriteTokens: sql`cache_write_tokens`,
  reasoningTokens: sql`reasoning_tokens`,
  documents: sql`document_count`,
};

/** Numbers of a trace, over the spans of its group. An absent value is NULL. */
export const TRACE_NUMBERS: Readonly<Record<TraceNumberField, Sql>> = {
  cost: sql`toFloat64(sumIf(cost_usd, counted))`,
  latency: sql`(max(toUnixTimestamp64Nano(start) + toInt64(duration_ns)) - min(toUnixTimestamp64Nano(start))) / 1e6`,
  tokens: sql`sumIf(${SPAN_NUMBERS.tokens}, counted)`,
  inputTokens: sql`sumIf(input_tokens, counted)`,
  outputTokens: sql`sumIf(output_tokens, counted)`,
  cacheReadTokens: sql`sumIf(cache_read_tokens, counted)`,
  cacheWriteTokens: sql`sumIf(cache_write_tokens, counted)`,
  reasoningTokens: sql`sumIf(reasoning_tokens, counted)`,
  spans: sql`count()`,
  errors: sql`countIf(status = 'error')`,
};

/** As in a trace's summary: `error` if a root failed or, without a root, any span; else the root's. */
export const TRACE_STATUS: Sql = sql`multiIf(
  countIf(status = 'error' AND parent_span_id = '') > 0, 'error',
  countIf(parent_span_id = '') > 0, toString(argMinIf(status, (start, span_id), parent_span_id = '')),
  countIf(status = 'error') > 0, 'error',
  countIf(status = 'ok') > 0, 'ok',
  'unset')`;

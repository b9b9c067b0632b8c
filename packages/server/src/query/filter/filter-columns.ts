import type { LabelField, SpanNumberField, TraceNumberField } from '@throughline/spans';
import { type Sql, sql } from '../../clickhouse/sql.ts';
import { inCatalogueUnit, SPAN_TOKENS } from '../trace-measures.ts';

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
  tokens: SPAN_TOKENS,
  inputTokens: sql`input_tokens`,
  outputTokens: sql`output_tokens`,
  cacheReadTokens: sql`cache_read_tokens`,
  cacheWriteTokens: sql`cache_write_tokens`,
  reasoningTokens: sql`reasoning_tokens`,
  documents: sql`document_count`,
};

/** Numbers of a trace, over the spans of its group. An absent value is NULL. */
export const TRACE_NUMBERS: Readonly<Record<TraceNumberField, Sql>> = {
  cost: inCatalogueUnit('cost'),
  latency: inCatalogueUnit('latency'),
  tokens: inCatalogueUnit('tokens'),
  inputTokens: inCatalogueUnit('inputTokens'),
  outputTokens: inCatalogueUnit('outputTokens'),
  cacheReadTokens: inCatalogueUnit('cacheReadTokens'),
  cacheWriteTokens: inCatalogueUnit('cacheWriteTokens'),
  reasoningTokens: inCatalogueUnit('reasoningTokens'),
  spans: inCatalogueUnit('spans'),
  errors: inCatalogueUnit('errors'),
};

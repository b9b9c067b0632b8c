import type { LabelField, SpanNumberField } from '@throughline/spans';
import { type Sql, sql } from '../../clickhouse/sql.ts';
import { TOKENS } from '../../settle/trace-measures.ts';

/** A label of a span: one text, or a list of texts of which any can match. */
export type LabelColumn = { readonly text: Sql } | { readonly list: Sql };

/** The column of `spans` for each label. */
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

/** Expressions for the numbers of one span. An absent value is NULL. */
export const SPAN_NUMBERS: Readonly<Record<SpanNumberField, Sql>> = {
  cost: sql`toFloat64(cost_usd)`,
  latency: sql`duration_ns / 1e6`,
  ttft: sql`ttft_ns / 1e6`,
  tokens: TOKENS,
  inputTokens: sql`input_tokens`,
  outputTokens: sql`output_tokens`,
  cacheReadTokens: sql`cache_read_tokens`,
  cacheWriteTokens: sql`cache_write_tokens`,
  reasoningTokens: sql`reasoning_tokens`,
  documents: sql`document_count`,
};

/** The column of `traces` that contains the distinct values of each label of its spans. */
export const TRACE_LABELS: Readonly<Record<Exclude<LabelField, 'status' | 'trace'>, Sql>> = {
  kind: sql`kinds`,
  name: sql`names`,
  error: sql`error_types`,
  model: sql`models`,
  provider: sql`providers`,
  operation: sql`operations`,
  finish: sql`finish_reasons`,
  tool: sql`tools`,
  agent: sql`agents`,
  workflow: sql`workflows`,
  prompt: sql`prompts`,
  promptVersion: sql`prompt_versions`,
  service: sql`services`,
  env: sql`environments`,
  release: sql`releases`,
  feature: sql`features`,
  user: sql`users`,
  session: sql`sessions`,
  tag: sql`tags`,
};

import { type Sql, sql, unsafeRawSql } from '../../clickhouse/sql.ts';

/** Cut at what a double holds exactly; absent stays absent (`least` would give the limit). */
function count(column: string): Sql {
  return unsafeRawSql(`if(${column} > 9007199254740991, 9007199254740991, ${column})`);
}

/**
 * The fields of `SpanSummary` as a query gives them, ready to be sent: a trace may have 100,000 spans, and every
 * look at each of them in JavaScript would cost a tenth of a second. Goes with {@link API_SETTINGS}.
 */
export const SPAN_SUMMARY_FIELDS: Sql = sql`
  span_id AS spanId,
  nullIf(parent_span_id, '') AS parentSpanId,
  name,
  kind,
  start AS startTime,
  duration_ns / 1e6 AS durationMs,
  status,
  nullIf(status_message, '') AS statusMessage,
  nullIf(error_type, '') AS errorType,
  nullIf(service, '') AS service,
  nullIf(provider, '') AS provider,
  nullIf(model, '') AS model,
  ${count('input_tokens')} AS inputTokens,
  ${count('output_tokens')} AS outputTokens,
  ${count('cache_read_tokens')} AS cacheReadTokens,
  ${count('cache_write_tokens')} AS cacheWriteTokens,
  ${count('reasoning_tokens')} AS reasoningTokens,
  cost_usd AS costUsd,
  counted,
  ttft_ns / 1e6 AS ttftMs,
  nullIf(tool_name, '') AS toolName,
  nullIf(agent_name, '') AS agentName,
  document_count AS documentCount,
  input_document_count AS inputDocumentCount`;

/** Numbers as numbers and times as ISO 8601, as the API gives them. */
export const API_SETTINGS: Sql = sql`SETTINGS
  output_format_json_quote_64bit_integers = 0,
  output_format_json_quote_decimals = 0,
  date_time_output_format = 'iso'`;

import { type Sql, sql, unsafeRawSql } from '../../clickhouse/sql.ts';

/** A count, limited to the integers that a double represents exactly. NULL stays NULL, unlike with `least`. */
function count(column: string): Sql {
  return unsafeRawSql(`if(${column} > 9007199254740991, 9007199254740991, ${column})`);
}

/**
 * The fields of `SpanSummary` in the format of the API. The query returns finished JSON because a trace can have 100,000
 * spans, and every pass over them in JavaScript would cost a tenth of a second. Use it with {@link API_SETTINGS}.
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

/** Returns numbers as JSON numbers and times as ISO 8601, as in the API. */
export const API_SETTINGS: Sql = sql`SETTINGS
  output_format_json_quote_64bit_integers = 0,
  output_format_json_quote_decimals = 0,
  date_time_output_format = 'iso'`;

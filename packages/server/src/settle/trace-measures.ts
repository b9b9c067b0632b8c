import type { MeasureId } from '@throughline/spans';
import { type Sql, sql } from '../clickhouse/sql.ts';

/**
 * The SQL of each measure of `MEASURES`: an aggregate over the spans of one trace, with each span once. Names are columns of
 * `spans`, so a statement must not rename an output to the name of a column. An absent value is NULL. Durations are in
 * nanoseconds, costs in US dollars (Decimal), and all other measures are counts.
 */
const START_NS = sql`toUnixTimestamp64Nano(start)`;
/** The latest time of a span: its end, or its start while it is running. */
const LAST_KNOWN_NS = sql`${START_NS} + ifNull(toInt64(duration_ns), 0)`;

/** Input and output tokens of one span or of one trace. NULL only if both are NULL. */
export const TOKENS: Sql = sql`if(input_tokens IS NULL, output_tokens, input_tokens + ifNull(output_tokens, 0))`;

/** Whether a span is a call that has tokens but no known price. */
export const IS_UNPRICED: Sql = sql`counted AND cost_usd IS NULL AND (input_tokens > 0 OR output_tokens > 0)`;

export const TRACE_MEASURES: Readonly<Record<MeasureId, Sql>> = {
  latency: sql`nullIf(max(${LAST_KNOWN_NS}) - min(${START_NS}), if(count(duration_ns) = 0, 0, -1))`,
  cost: sql`sumIf(cost_usd, counted)`,
  unpricedCalls: sql`countIf(${IS_UNPRICED})`,
  tokens: sql`sumIf(${TOKENS}, counted)`,
  inputTokens: sql`sumIf(input_tokens, counted)`,
  outputTokens: sql`sumIf(output_tokens, counted)`,
  cacheReadTokens: sql`sumIf(cache_read_tokens, counted)`,
  cacheWriteTokens: sql`sumIf(cache_write_tokens, counted)`,
  reasoningTokens: sql`sumIf(reasoning_tokens, counted)`,
  spans: sql`count()`,
  errors: sql`countIf(status = 'error')`,
};

const IS_ROOT = sql`parent_span_id = ''`;
/** 1 if a root has arrived. */
export const HAS_ROOT: Sql = sql`countIf(${IS_ROOT}) > 0`;

/** 1 if a root failed or, without a root, if any span failed. */
const TRACE_FAILED: Sql = sql`if(${HAS_ROOT}, countIf(status = 'error' AND ${IS_ROOT}), ${TRACE_MEASURES.errors}) > 0`;

/** `error` for a failed trace, otherwise the status of its earliest root. Without a root, `ok` if any span is `ok`. */
export const TRACE_STATUS: Sql = sql`multiIf(
  ${TRACE_FAILED}, 'error',
  ${HAS_ROOT}, toString(argMinIf(status, (start, span_id), ${IS_ROOT})),
  countIf(status = 'ok') > 0, 'ok',
  'unset')`;

/** 1 if a root has not ended or, without a root, if any span has not ended. */
export const TRACE_RUNNING: Sql = sql`if(${HAS_ROOT}, countIf(duration_ns IS NULL AND ${IS_ROOT}), countIf(duration_ns IS NULL)) > 0`;

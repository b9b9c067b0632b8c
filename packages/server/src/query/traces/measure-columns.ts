import type { MeasureId } from '@throughline/spans';
import { type Sql, sql } from '../../clickhouse/sql.ts';
import { TOKENS } from '../../settle/trace-measures.ts';

/** The column of `traces` for each measure. An absent value is NULL. Durations are in nanoseconds, costs in US dollars. */
const COLUMNS: Readonly<Record<MeasureId, Sql>> = {
  latency: sql`duration_ns`,
  cost: sql`cost_usd`,
  unpricedCalls: sql`unpriced`,
  tokens: TOKENS,
  inputTokens: sql`input_tokens`,
  outputTokens: sql`output_tokens`,
  cacheReadTokens: sql`cache_read_tokens`,
  cacheWriteTokens: sql`cache_write_tokens`,
  reasoningTokens: sql`reasoning_tokens`,
  spans: sql`span_count`,
  errors: sql`error_count`,
};

/** The number of a measure itself, for conditions that can use an index. */
export function measureColumn(measure: MeasureId): Sql {
  return COLUMNS[measure];
}

/** A sort value for a measure: a Decimal with 12 digits. An absent value is last in both directions. */
export function sortValue(measure: MeasureId, descending: boolean): Sql {
  const value = measure === 'cost' ? COLUMNS.cost : sql`toInt64(${COLUMNS[measure]})`;
  const absent = descending ? sql`'-1'` : sql`'99999999999999999999999999'`;
  return sql`ifNull(toDecimal128(${value}, 12), toDecimal128(${absent}, 12))`;
}

/** A measure as a number in the unit of the catalogue, for comparisons. */
export function inCatalogueUnit(measure: MeasureId): Sql {
  if (measure === 'cost') return sql`toFloat64(cost_usd)`;
  if (measure === 'latency') return sql`duration_ns / 1e6`;
  return COLUMNS[measure];
}

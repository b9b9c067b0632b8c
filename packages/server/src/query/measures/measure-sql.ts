import type { LabelField, ParsedMeasure, QueryAggregation, QueryMeasureId, RowsOf } from '@throughline/spans';
import { join, type Sql, sql, unsafeRawSql } from '../../clickhouse/sql.ts';
import { IS_UNPRICED, TOKENS } from '../../settle/trace-measures.ts';
import { LABEL_COLUMNS, TRACE_LABELS } from '../filter/filter-columns.ts';

/**
 * How a measure is computed over rows: from the `value` of each row, which is NULL if it is absent, or as the quotient of two
 * sums. `calls` means that only counted calls have a value, so that other spans need not be read.
 */
type MeasureSql = ({ readonly value: Sql } | { readonly ratio: readonly [part: Sql, whole: Sql] }) & {
  readonly calls?: boolean;
  /** A label that is read, which a span may have from its trace. */
  readonly label?: LabelField;
};

const FAILED = sql`status = 'error'`;
const ONE = sql`1`;

/** A value that only counted calls have. */
const ofCall = (value: Sql): MeasureSql => ({ value: sql`if(counted, ${value}, NULL)`, calls: true });

const costOfClass = (name: string): MeasureSql =>
  ofCall(sql`if(mapContains(cost_details, ${name}), cost_details[${name}], NULL)`);

/** The cost of the calls that have a label, divided by the number of its different values. */
const costPer = (field: 'trace' | 'session' | 'user'): MeasureSql => {
  const { text: label } = LABEL_COLUMNS[field] as { readonly text: Sql };
  return {
    label: field,
    ratio: [
      sql`toFloat64(sumIf(cost_usd, counted AND ${label} != ''))`,
      sql`uniqExactIf(${label}, counted AND ${label} != '')`,
    ],
    calls: true,
  };
};

const CACHED = sql`ifNull(cache_read_tokens, 0)`;
const WRITTEN = sql`ifNull(cache_write_tokens, 0)`;
/** Input tokens at the normal price. Audio has other prices, so the price of such calls is not known by this. */
const FRESH = sql`(toInt64(ifNull(input_tokens, 0)) - toInt64(${CACHED}) - toInt64(${WRITTEN}))`;
const FRESH_RATE = sql`toFloat64(cost_details['inputTokens']) / ${FRESH}`;

const SPAN_MEASURES: Readonly<Partial<Record<QueryMeasureId, MeasureSql>>> = {
  count: { value: ONE },
  calls: { value: sql`counted`, calls: true },
  errors: { value: FAILED },
  failed: { value: FAILED },
  errorRate: { ratio: [sql`countIf(${FAILED})`, sql`count()`] },
  cost: ofCall(sql`cost_usd`),
  inputCost: ofCall(sql`input_cost_usd`),
  outputCost: ofCall(sql`output_cost_usd`),
  freshInputCost: costOfClass('inputTokens'),
  cacheReadCost: costOfClass('cacheReadTokens'),
  cacheWriteCost: costOfClass('cacheWriteTokens'),
  cacheSavings: {
    value: sql`if(counted AND ${CACHED} + ${WRITTEN} > 0 AND ${FRESH} > 0 AND mapContains(cost_details, 'inputTokens') AND NOT mapContains(token_details, 'audio_input'),
      (${CACHED} + ${WRITTEN}) * ${FRESH_RATE} - toFloat64(cost_details['cacheReadTokens']) - toFloat64(cost_details['cacheWriteTokens']), NULL)`,
    calls: true,
  },
  costPerCall: { ratio: [sql`toFloat64(sumIf(cost_usd, counted))`, sql`countIf(counted)`], calls: true },
  costPerTrace: costPer('trace'),
  costPerSession: costPer('session'),
  costPerUser: costPer('user'),
  unpricedCalls: { value: sql`toUInt8(ifNull(${IS_UNPRICED}, false))`, calls: true },
  tokens: ofCall(TOKENS),
  inputTokens: ofCall(sql`input_tokens`),
  outputTokens: ofCall(sql`output_tokens`),
  cacheReadTokens: ofCall(sql`cache_read_tokens`),
  cacheWriteTokens: ofCall(sql`cache_write_tokens`),
  reasoningTokens: ofCall(sql`reasoning_tokens`),
  cacheHitRate: {
    ratio: [sql`sumIf(cache_read_tokens, counted)`, sql`sumIf(input_tokens, counted)`],
    calls: true,
  },
  durationMs: { value: sql`duration_ns / 1e6` },
  ttftMs: { value: sql`ttft_ns / 1e6` },
  tokensPerSecond: {
    value: sql`if(counted AND output_tokens > 0 AND duration_ns > ifNull(ttft_ns, 0), output_tokens / ((duration_ns - ifNull(ttft_ns, 0)) / 1e9), NULL)`,
    calls: true,
  },
  documents: { value: sql`document_count` },
};

const OF_TRACES: Readonly<Partial<Record<QueryMeasureId, MeasureSql>>> = {
  count: { value: ONE },
  errors: { value: sql`error_count` },
  failed: { value: FAILED },
  errorRate: { ratio: [sql`countIf(${FAILED})`, sql`count()`] },
  cost: { value: sql`cost_usd` },
  unpricedCalls: { value: sql`unpriced` },
  tokens: { value: TOKENS },
  inputTokens: { value: sql`input_tokens` },
  outputTokens: { value: sql`output_tokens` },
  cacheReadTokens: { value: sql`cache_read_tokens` },
  cacheWriteTokens: { value: sql`cache_write_tokens` },
  reasoningTokens: { value: sql`reasoning_tokens` },
  cacheHitRate: { ratio: [sql`sum(cache_read_tokens)`, sql`sum(input_tokens)`] },
  durationMs: { value: sql`duration_ns / 1e6` },
  spans: { value: sql`span_count` },
};

/** The number of calls without a price among rows. */
export const UNPRICED_CALLS: Readonly<Record<RowsOf, Sql>> = {
  spans: sql`countIf(${IS_UNPRICED})`,
  traces: sql`sum(unpriced)`,
};

/** Columns of the scores that {@link rowsSql} joins to spans or traces. */
const SCORE_NUMBER = sql`score_number`;
const VERDICT = sql`lower(if(score_label = '', score_text, score_label))`;
const PASSED = sql`((score_type = 'boolean' AND score_number = 1) OR ${VERDICT} IN ${['pass', 'passed', 'true', 'yes', 'correct', 'good', 'positive', 'up', 'thumbs_up']})`;
/** Scores that pass or fail. Categories with other names do neither. */
const JUDGED = sql`(score_type = 'boolean' OR ${PASSED} OR ${VERDICT} IN ${['fail', 'failed', 'false', 'no', 'incorrect', 'wrong', 'bad', 'negative', 'down', 'thumbs_down']})`;

/** Number of times that the scores are drawn again. */
const RESAMPLES = 200;
/** Limits of the distribution function of a Poisson variable with the mean 1: how often a score is drawn. */
const POISSON = [0.367879, 0.735759, 0.919699, 0.981012, 0.99634, 0.999406];
const DRAWS = sql`arrayMap(u -> if(score_number IS NULL, 0, ${join(
  POISSON.map((limit) => sql`(u > ${limit})`),
  ' + ',
)}), arrayMap(b -> cityHash64(score_id, b) / 18446744073709551616., range(${RESAMPLES})))`;
/**
 * The averages of all resamples in ascending order. The draws depend only on the ids of the scores, so the same scores
 * always have the same interval.
 */
const RESAMPLED = sql`arraySort(arrayFilter(mean -> isFinite(mean), arrayMap((total, count) -> total / count,
  sumForEach(arrayMap(draw -> draw * ifNull(score_number, 0), ${DRAWS})), sumForEach(${DRAWS}))))`;
const TAIL = sql`toUInt32(ceil(length(${RESAMPLED}) * 0.025))`;

function measureSql(of: RowsOf, measure: ParsedMeasure): MeasureSql | undefined {
  switch (measure.type) {
    case 'measure':
      return (of === 'spans' ? SPAN_MEASURES : OF_TRACES)[measure.id];
    case 'score':
      return { value: SCORE_NUMBER };
    case 'unique':
      return undefined;
  }
}

/** Whether only counted calls have a value. */
export function isOfCalls(of: RowsOf, measure: ParsedMeasure): boolean {
  return of === 'spans' && measureSql(of, measure)?.calls === true;
}

/** The labels that a measure reads. */
export function labelsOf(of: RowsOf, measure: ParsedMeasure): LabelField[] {
  if (measure.type === 'unique') return [measure.field];
  const label = measureSql(of, measure)?.label;
  return label === undefined ? [] : [label];
}

const QUANTILES: Readonly<Partial<Record<QueryAggregation, number>>> = {
  p50: 0.5,
  p90: 0.9,
  p95: 0.95,
  p99: 0.99,
};

/** An aggregate over the rows of spans or traces. Without any value it is NULL. */
export function aggregateSql(of: RowsOf, measure: ParsedMeasure, aggregation: QueryAggregation): Sql {
  if (measure.type === 'unique') return uniqueSql(of, measure.field);
  if (aggregation === 'passRate') return sql`countIf(${PASSED}) / nullIf(countIf(${JUDGED}), 0)`;
  if (measure.type === 'score' && aggregation === 'count') return sql`count()`;
  if (aggregation === 'ciLow') return sql`if(empty(${RESAMPLED}), NULL, ${RESAMPLED}[${TAIL}])`;
  if (aggregation === 'ciHigh')
    return sql`if(empty(${RESAMPLED}), NULL, ${RESAMPLED}[length(${RESAMPLED}) + 1 - ${TAIL}])`;
  const found = measureSql(of, measure) as MeasureSql;
  if ('ratio' in found) return sql`${found.ratio[0]} / nullIf(${found.ratio[1]}, 0)`;
  const { value } = found;
  const level = QUANTILES[aggregation];
  if (level !== undefined)
    return sql`quantileExactOrNull(${unsafeRawSql(String(level))})(toFloat64(${value}))`;
  switch (aggregation) {
    case 'sum':
    case 'rate':
      return sql`sum(${value})`;
    case 'avg':
      return sql`avgOrNull(toFloat64(${value}))`;
    case 'min':
      return sql`minOrNull(toFloat64(${value}))`;
    case 'max':
      return sql`maxOrNull(toFloat64(${value}))`;
    default:
      return sql`count(${value})`;
  }
}

type Unique = Extract<ParsedMeasure, { type: 'unique' }>['field'];

function uniqueSql(of: RowsOf, field: Unique): Sql {
  if (of === 'traces') {
    if (field === 'trace') return sql`uniqExact(trace_id)`;
    if (field === 'status') return sql`uniqExact(status)`;
    return sql`uniqExactArray(${TRACE_LABELS[field]})`;
  }
  const column = LABEL_COLUMNS[field];
  return 'list' in column
    ? sql`uniqExactArray(${column.list})`
    : sql`uniqExactIf(${column.text}, ${column.text} != '')`;
}

/**
 * The measures that `POST /metrics/query`, the dashboards and `throughline stats` can add up. The SQL of each measure is in
 * `server/src/query/measures/measure-sql.ts`, and the table in the documentation is written from these rows.
 */
import { filterFieldOf, isLabelField, type LabelField } from './fields.ts';
import { MEASURES, type MeasureId } from './measures.ts';

/** What is counted: each span by itself, or each trace as a whole. */
export type RowsOf = 'spans' | 'traces';

/**
 * `rate` is a sum per minute. `ratio` is the quotient of two sums. `count` is the number of spans or traces that have the
 * value. `unique` is the number of different values. `passRate` is the share of the scores that pass. `ciLow` and `ciHigh` are
 * the ends of the 95 % confidence interval of an average, computed by bootstrap.
 */
export type QueryAggregation =
  | 'sum'
  | 'avg'
  | 'min'
  | 'max'
  | 'p50'
  | 'p90'
  | 'p95'
  | 'p99'
  | 'count'
  | 'rate'
  | 'unique'
  | 'ratio'
  | 'passRate'
  | 'ciLow'
  | 'ciHigh';

/** `ratio`: a number from 0 to 1. `perSecond`: tokens per second. `none`: a number without a unit, such as a score. */
export type QueryUnit = 'usd' | 'ms' | 'count' | 'ratio' | 'perSecond' | 'none';

export interface QueryMeasureRow {
  /** Name in lists and charts, such as `Input tokens`. */
  readonly label: string;
  readonly unit: QueryUnit;
  readonly of: readonly RowsOf[];
  /** The first one is the default. */
  readonly aggregations: readonly [QueryAggregation, ...QueryAggregation[]];
  /** Whether a lower or a higher value is an improvement. */
  readonly better: 'lower' | 'higher' | 'neither';
  readonly describes: string;
}

const BOTH = ['spans', 'traces'] as const;
const SPANS = ['spans'] as const;
const OF_VALUES = ['avg', 'min', 'max', 'p50', 'p90', 'p95', 'p99', 'count'] as const;
const SUMMABLE = ['sum', ...OF_VALUES, 'rate'] as const;
const COUNTED = ['sum', 'rate'] as const;
const RATIO = ['ratio'] as const;

/** A measure that traces have as well, with the same name and meaning. */
const ofCatalogue = (id: MeasureId) => {
  const { label, unit, better, describes } = MEASURES[id];
  return { label, unit, better, describes, of: BOTH } as const;
};

const tokens = (id: MeasureId) => ({ ...ofCatalogue(id), aggregations: SUMMABLE }) as const;

const cost = (label: string, describes: string, of: QueryMeasureRow['of'] = SPANS) =>
  ({ label, unit: 'usd', of, aggregations: SUMMABLE, better: 'lower', describes }) as const;

const costPer = (label: string, describes: string) =>
  ({ label, unit: 'usd', of: SPANS, aggregations: RATIO, better: 'lower', describes }) as const;

const ROWS = {
  count: {
    label: 'Count',
    unit: 'count',
    of: BOTH,
    aggregations: COUNTED,
    better: 'neither',
    describes: 'Number of spans or traces.',
  },
  calls: {
    label: 'Calls',
    unit: 'count',
    of: SPANS,
    aggregations: COUNTED,
    better: 'neither',
    describes: 'Number of counted calls: model, embedding and rerank calls, each once.',
  },
  errors: {
    label: 'Failed spans',
    unit: 'count',
    of: BOTH,
    aggregations: ['sum', 'avg', 'max', 'rate'],
    better: 'lower',
    describes: 'Number of spans with the status error.',
  },
  failed: {
    label: 'Failed',
    unit: 'count',
    of: BOTH,
    aggregations: COUNTED,
    better: 'lower',
    describes: 'Number of spans or traces with the status error.',
  },
  errorRate: {
    label: 'Error rate',
    unit: 'ratio',
    of: BOTH,
    aggregations: RATIO,
    better: 'lower',
    describes: 'Share of the spans or traces with the status error.',
  },
  cost: cost('Cost', 'Cost of the counted calls.', BOTH),
  inputCost: cost('Input cost', 'Cost of all input tokens, cached ones included.'),
  outputCost: cost('Output cost', 'Cost of all output tokens, reasoning included.'),
  freshInputCost: cost(
    'Fresh input cost',
    'Cost of the input tokens that were neither read from the cache nor written to it.',
  ),
  cacheReadCost: cost('Cache read cost', 'Cost of the input tokens that were read from the prompt cache.'),
  cacheWriteCost: cost('Cache write cost', 'Cost of the input tokens that were written to the prompt cache.'),
  cacheSavings: {
    label: 'Saved by caching',
    unit: 'usd',
    of: SPANS,
    aggregations: ['sum', 'avg', 'count'],
    better: 'higher',
    describes:
      'What the cached tokens would have cost at the price of fresh input, minus what they did cost. It is known for calls whose cost is known by token class and that also had fresh input.',
  },
  costPerCall: costPer('Cost per call', 'Cost divided by the number of counted calls.'),
  costPerTrace: costPer('Cost per trace', 'Cost divided by the number of traces with counted calls.'),
  costPerSession: costPer(
    'Cost per session',
    'Cost of the calls in sessions divided by the number of sessions with counted calls.',
  ),
  costPerUser: costPer(
    'Cost per user',
    'Cost of the calls of known users divided by the number of users with counted calls.',
  ),
  unpricedCalls: { ...ofCatalogue('unpricedCalls'), aggregations: COUNTED },
  tokens: tokens('tokens'),
  inputTokens: tokens('inputTokens'),
  outputTokens: tokens('outputTokens'),
  cacheReadTokens: tokens('cacheReadTokens'),
  cacheWriteTokens: tokens('cacheWriteTokens'),
  reasoningTokens: tokens('reasoningTokens'),
  cacheHitRate: {
    label: 'Cache hit rate',
    unit: 'ratio',
    of: BOTH,
    aggregations: RATIO,
    better: 'higher',
    describes: 'Share of the input tokens that were read from the prompt cache.',
  },
  durationMs: {
    label: 'Duration',
    unit: 'ms',
    of: BOTH,
    aggregations: ['p50', 'avg', 'min', 'max', 'p90', 'p95', 'p99', 'count', 'sum'],
    better: 'lower',
    describes: 'Duration of the spans or traces that have ended.',
  },
  ttftMs: {
    label: 'Time to first token',
    unit: 'ms',
    of: SPANS,
    aggregations: ['p50', 'avg', 'min', 'max', 'p90', 'p95', 'p99', 'count'],
    better: 'lower',
    describes: 'Time until the first token of a call arrived.',
  },
  tokensPerSecond: {
    label: 'Tokens per second',
    unit: 'perSecond',
    of: SPANS,
    aggregations: ['p50', 'avg', 'min', 'max', 'p90', 'p95', 'p99', 'count'],
    better: 'higher',
    describes: 'Output tokens of a counted call per second, from the first token if its time is known.',
  },
  documents: {
    label: 'Documents',
    unit: 'count',
    of: SPANS,
    aggregations: SUMMABLE,
    better: 'neither',
    describes: 'Documents that a retriever or reranker returned.',
  },
  spans: {
    label: 'Spans',
    unit: 'count',
    of: ['traces'],
    aggregations: SUMMABLE,
    better: 'neither',
    describes: 'Number of spans of a trace.',
  },
} as const satisfies Record<string, QueryMeasureRow>;

/** The name of a measure in a query. */
export type QueryMeasureId = keyof typeof ROWS;

/** All measures of queries, by name. Label fields (`unique`) and scores (`score.<name>`) can be measured as well. */
export const QUERY_MEASURES: Readonly<Record<QueryMeasureId, QueryMeasureRow>> = ROWS;

const SCORE_AGGREGATIONS = [
  'avg',
  'min',
  'max',
  'p50',
  'p90',
  'p95',
  'p99',
  'count',
  'passRate',
  'ciLow',
  'ciHigh',
] as const;
const SCORE_PREFIX = 'score.';

/** What a measure of a query means. */
export type ParsedMeasure =
  | { readonly type: 'measure'; readonly id: QueryMeasureId }
  /** The number of different values of a field. */
  | { readonly type: 'unique'; readonly field: LabelField }
  | { readonly type: 'score'; readonly name: string };

/** Names that the filter language and the API use for the same values. */
const ALIASES: Readonly<Record<string, QueryMeasureId>> = {
  latency: 'durationMs',
  duration: 'durationMs',
  ttft: 'ttftMs',
};

const BY_NAME: ReadonlyMap<string, QueryMeasureId> = new Map(
  [...(Object.keys(ROWS) as QueryMeasureId[]).map((id) => [id, id] as const), ...Object.entries(ALIASES)].map(
    ([name, id]) => [name.toLowerCase(), id],
  ),
);

/** The measure with this name: `cost`, `latency`, `user` (number of users), `score.faithfulness`. Ignores case. */
export function parseMeasure(name: string): ParsedMeasure | undefined {
  const id = BY_NAME.get(name.toLowerCase());
  if (id !== undefined) return { type: 'measure', id };
  if (name.startsWith(SCORE_PREFIX) && name.length > SCORE_PREFIX.length)
    return { type: 'score', name: name.slice(SCORE_PREFIX.length) };
  const field = filterFieldOf(name);
  return field !== undefined && isLabelField(field) ? { type: 'unique', field } : undefined;
}

/** The name of a measure in the columns of a result. */
export function printMeasure(measure: ParsedMeasure): string {
  if (measure.type === 'measure') return measure.id;
  return measure.type === 'unique' ? measure.field : `${SCORE_PREFIX}${measure.name}`;
}

/** The row of the catalogue for a measure. */
export function describeMeasure(measure: ParsedMeasure): QueryMeasureRow {
  switch (measure.type) {
    case 'measure':
      return QUERY_MEASURES[measure.id];
    case 'unique':
      return {
        label: `Different values of ${measure.field}`,
        unit: 'count',
        of: BOTH,
        aggregations: ['unique'],
        better: 'neither',
        describes: `Number of different values of the field ${measure.field}.`,
      };
    case 'score':
      return {
        label: measure.name,
        unit: 'none',
        of: BOTH,
        aggregations: SCORE_AGGREGATIONS,
        better: 'higher',
        describes: `Scores with the name ${measure.name}: those of the spans, or all scores of the traces.`,
      };
  }
}

/** The unit of an aggregated measure. A rate is per minute. */
export function unitOf(measure: ParsedMeasure, aggregation: QueryAggregation): string {
  if (aggregation === 'count' || aggregation === 'unique') return 'count';
  if (aggregation === 'passRate') return 'ratio';
  const { unit } = describeMeasure(measure);
  return aggregation === 'rate' ? `${unit}/min` : unit;
}

/** Whether the values of parts add up to the value of the whole. */
export function isAdditive(aggregation: QueryAggregation): boolean {
  return aggregation === 'sum' || aggregation === 'count' || aggregation === 'rate';
}

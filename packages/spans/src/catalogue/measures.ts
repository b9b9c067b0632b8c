/**
 * One numeric property of a trace that can be shown, sorted by, filtered by, charted and used in alerts. If a filter field
 * has the same name, it has the same value. The SQL of the measures is in `server/src/settle/trace-measures.ts`.
 */
export interface MeasureRow {
  /** Name in lists and charts, e.g. `Input tokens`. */
  readonly label: string;
  readonly unit: MeasureUnit;
  readonly value: 'integer' | 'decimal';
  /** The aggregations over many traces that are meaningful for this measure. */
  readonly aggregations: readonly Aggregation[];
  /** Whether a lower or a higher value is an improvement. */
  readonly better: 'lower' | 'higher' | 'neither';
  /** Why a trace may have no value. Undefined if every trace has one. */
  readonly absent?: string;
  readonly describes: string;
}

/** `usd`: US dollars. `ms`: milliseconds. `count`: a number without a unit. */
export type MeasureUnit = 'usd' | 'ms' | 'count';

/** A way to combine the values of a measure. */
export type Aggregation = 'sum' | 'avg' | 'min' | 'max' | 'p50' | 'p95' | 'p99';

const SUMMABLE: readonly Aggregation[] = ['sum', 'avg', 'max', 'p50', 'p95', 'p99'];
const NOT_REPORTED = 'no counted call reported it';

const tokens = (label: string, describes: string, better: MeasureRow['better'] = 'lower') =>
  ({
    label,
    unit: 'count',
    value: 'integer',
    aggregations: SUMMABLE,
    better,
    absent: NOT_REPORTED,
    describes,
  }) as const;

const ROWS = {
  latency: {
    label: 'Duration',
    unit: 'ms',
    value: 'decimal',
    aggregations: ['avg', 'min', 'max', 'p50', 'p95', 'p99'],
    better: 'lower',
    absent: 'one moment is all that is known: nothing has ended, and all spans began together',
    describes:
      'Time from the first start to the last moment that is known, an end or a start. While the trace runs it is a lower bound.',
  },
  cost: {
    label: 'Cost',
    unit: 'usd',
    value: 'decimal',
    aggregations: SUMMABLE,
    better: 'lower',
    absent: 'no counted call has a known price',
    describes: 'Cost of the counted calls at the prices that were valid at the time.',
  },
  unpricedCalls: {
    label: 'Calls without a price',
    unit: 'count',
    value: 'integer',
    aggregations: ['sum', 'max'],
    better: 'lower',
    describes: 'Number of counted calls with tokens but no price. If it is not 0, the cost is a lower bound.',
  },
  tokens: tokens('Tokens', 'Input and output tokens of the counted calls.'),
  inputTokens: tokens('Input tokens', 'Input tokens of the counted calls, cached ones included.'),
  outputTokens: tokens('Output tokens', 'Output tokens of the counted calls, reasoning included.'),
  cacheReadTokens: tokens('Cached tokens', 'Input tokens that were read from the prompt cache.', 'higher'),
  cacheWriteTokens: tokens(
    'Cache write tokens',
    'Input tokens that were written to the prompt cache.',
    'neither',
  ),
  reasoningTokens: tokens('Reasoning tokens', 'Output tokens that were reasoning.'),
  spans: {
    label: 'Spans',
    unit: 'count',
    value: 'integer',
    aggregations: SUMMABLE,
    better: 'neither',
    describes: 'Number of spans.',
  },
  errors: {
    label: 'Failed spans',
    unit: 'count',
    value: 'integer',
    aggregations: SUMMABLE,
    better: 'lower',
    describes: 'Number of spans with the status error.',
  },
} as const satisfies Record<string, MeasureRow>;

/** The name of a measure. */
export type MeasureId = keyof typeof ROWS;

/** All measures, by name. */
export const MEASURES: Readonly<Record<MeasureId, MeasureRow>> = ROWS;

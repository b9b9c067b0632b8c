import {
  autoGrain,
  countSteps,
  type Dimension,
  describeMeasure,
  FILTER_FIELDS,
  type Filter,
  type Grain,
  hasDimension,
  isOrdinal,
  type ParsedMeasure,
  parseDimension,
  parseMeasure,
  printDimension,
  printMeasure,
  type QueryAggregation,
  type RowsOf,
  unitOf,
} from '@throughline/spans';
import { MAX_POINTS, MAX_STEPS, type MetricsResult } from '../../contract/metrics-query.ts';
import { ThroughlineError } from '../../errors/errors.ts';

/** A query as a client sends it, with its filter parsed and its times resolved. */
export interface MeasureQuery {
  readonly of: RowsOf;
  readonly measures: readonly { readonly measure: string; readonly aggregation?: string | undefined }[];
  readonly dimensions: readonly string[];
  readonly filter: Filter;
  /** Nanoseconds since 1970. The end is exclusive. */
  readonly fromNs: bigint;
  readonly toNs: bigint;
  readonly grain?: Grain | 'auto' | undefined;
  readonly limit: number;
  readonly order: 'asc' | 'desc';
  readonly compare?: 'previous' | undefined;
  /** Zone in which days begin. */
  readonly timeZone: string;
}

/** A measure and how it is aggregated. */
export interface MeasureColumn {
  readonly measure: ParsedMeasure;
  readonly aggregation: QueryAggregation;
  readonly name: string;
  readonly unit: string;
}

export interface DimensionColumn {
  readonly dimension: Dimension;
  readonly name: string;
}

/** A query whose names are resolved and whose size is allowed. */
export interface QueryPlan {
  readonly of: RowsOf;
  readonly filter: Filter;
  readonly measures: readonly [MeasureColumn, ...MeasureColumn[]];
  readonly dimensions: readonly DimensionColumn[];
  /** Dimensions whose values make up the groups, of which a limited number is returned. */
  readonly labels: readonly DimensionColumn[];
  /** Dimensions with an order, which are axes like the time. */
  readonly ordinals: readonly DimensionColumn[];
  readonly grain: Grain | null;
  readonly limit: number;
  readonly order: 'asc' | 'desc';
  readonly timeZone: string;
}

/** @throws ThroughlineError invalid-request with the field and what is possible */
export function planQuery(query: MeasureQuery): QueryPlan {
  const { of, filter, limit, order, timeZone, fromNs, toNs } = query;
  if (toNs <= fromNs) throw invalid('to: expected a time after from.');
  const measures = query.measures.map((each, index) => measureOf(of, each, `measures[${index}]`));
  const dimensions = query.dimensions.map((name, index) => dimensionOf(of, name, `dimensions[${index}]`));
  const names = [...measures, ...dimensions].map(({ name }) => name);
  const twice = names.find((name, index) => names.indexOf(name) !== index);
  if (twice !== undefined) throw invalid(`${twice}: expected each measure and each dimension only once.`);
  if (dimensions.filter(({ dimension }) => dimension.type === 'resource').length > 1)
    throw invalid('dimensions: expected at most one resource attribute.');
  const rangeMs = Number((toNs - fromNs) / 1_000_000n);
  const grain = query.grain === 'auto' ? autoGrain(rangeMs) : (query.grain ?? null);
  const steps = grain === null ? 0 : countSteps(grain, rangeMs);
  if (grain !== null && steps > MAX_STEPS) {
    const longer = autoGrain(rangeMs);
    const fix =
      countSteps(longer, rangeMs) > MAX_STEPS
        ? 'Use a shorter range: set from to a later time, or to to an earlier one.'
        : `Use ${longer}, or auto.`;
    throw invalid(`grain: ${grain} divides this range into ${steps} steps, more than ${MAX_STEPS}. ${fix}`);
  }
  if (steps * limit > MAX_POINTS)
    throw invalid(
      `limit: ${limit} groups with ${steps} steps each are more than ${MAX_POINTS} values. Use a smaller limit or a longer grain.`,
    );
  return {
    of,
    filter,
    measures: measures as [MeasureColumn, ...MeasureColumn[]],
    dimensions,
    labels: dimensions.filter(({ dimension }) => !isOrdinal(dimension)),
    ordinals: dimensions.filter(({ dimension }) => isOrdinal(dimension)),
    grain,
    limit,
    order,
    timeZone,
  };
}

function measureOf(
  of: RowsOf,
  { measure: text, aggregation: wanted }: MeasureQuery['measures'][number],
  field: string,
): MeasureColumn {
  const measure = parseMeasure(text);
  if (!measure)
    throw invalid(
      `${field}.measure: there is no measure "${text.slice(0, 60)}". GET /api/v1/metrics/catalogue lists all.`,
    );
  const row = describeMeasure(measure);
  if (!row.of.includes(of))
    throw invalid(
      `${field}.measure: only ${row.of[0]} have ${printMeasure(measure)}. Set of to "${row.of[0]}".`,
    );
  const aggregation = wanted ?? row.aggregations[0];
  if (!(row.aggregations as readonly string[]).includes(aggregation))
    throw invalid(
      `${field}.aggregation: expected ${row.aggregations.join(', ')} for ${printMeasure(measure)}, not "${aggregation}".`,
    );
  return {
    measure,
    aggregation: aggregation as QueryAggregation,
    name: `${printMeasure(measure)}.${aggregation}`,
    unit: unitOf(measure, aggregation as QueryAggregation),
  };
}

function dimensionOf(of: RowsOf, text: string, field: string): DimensionColumn {
  const dimension = parseDimension(text);
  if (!dimension)
    throw invalid(
      `${field}: there is no dimension "${text.slice(0, 60)}". Use a field of the filter language, attr.<key>, resource.<key>, traceName, hourOfDay or dayOfWeek.`,
    );
  if (!hasDimension(of, dimension)) {
    const other = of === 'spans' ? 'traces' : 'spans';
    throw invalid(
      `${field}: only ${other} can be grouped by ${printDimension(dimension)}. Set of to "${other}".`,
    );
  }
  return { dimension, name: printDimension(dimension) };
}

/** The columns of the result of a query. */
export function columnsOf({ grain, dimensions, measures }: QueryPlan): MetricsResult['columns'] {
  return [
    ...(grain === null ? [] : [{ name: 'time', type: 'time' as const, unit: null }]),
    ...dimensions.map(({ dimension, name }) => ({
      name,
      type: isOrdinal(dimension) ? ('number' as const) : ('label' as const),
      unit: dimension.type === 'number' ? (FILTER_FIELDS[dimension.field].unit ?? null) : null,
    })),
    ...measures.map(({ name, unit }) => ({ name, type: 'number' as const, unit })),
  ];
}

function invalid(message: string): ThroughlineError {
  return new ThroughlineError('invalid-request', message);
}

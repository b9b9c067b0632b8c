/** Decodes OTLP metrics in JSON to data points. `readExportJson` describes deviations from the specification. */
import type { AttributeValue, RawResource, RawScope } from '@throughline/spans';
import {
  array,
  count,
  enumNumber,
  field,
  id,
  integer,
  isObject,
  type JsonObject,
  nanoseconds,
  object,
  objects,
  readAttributes,
  readDouble,
  readKeyValues,
  text,
  toObject,
  unexpected,
} from '../json/json-values.ts';
import { type ExportNames, nameIn, readExportJson } from '../json/read-export.ts';
import { named, Rejection } from '../rejection.ts';
import type { ValueBudget } from '../value-budget.ts';
import { checkDataPoint } from './check-data-point.ts';
import type { MetricKind, MetricSink, RawDataPoint, RawMetric, Temporality } from './metric-sink.ts';
import { bucketsOf, double, exemplarOf, int, PointBuilder } from './point-builder.ts';

const NAMES: ExportNames = {
  resources: ['resourceMetrics', 'resource_metrics'],
  scopes: ['scopeMetrics', 'scope_metrics'],
  records: ['metrics', 'metrics'],
};

/** The kind of a metric, by the name of the field that contains its points. */
const KINDS: readonly (readonly [camel: string, snake: string, kind: MetricKind])[] = [
  ['gauge', 'gauge', 'gauge'],
  ['sum', 'sum', 'sum'],
  ['histogram', 'histogram', 'histogram'],
  ['exponentialHistogram', 'exponential_histogram', 'exponential-histogram'],
  ['summary', 'summary', 'summary'],
];
const TEMPORALITIES: readonly Temporality[] = ['unspecified', 'delta', 'cumulative'];

/**
 * Decodes an `ExportMetricsServiceRequest`. Invalid points are passed to `sink.reject`. A metric that cannot be read
 * counts as one point.
 *
 * @throws OtlpJsonError if the whole request cannot be read
 */
export function decodeMetricsJson(body: Uint8Array, sink: MetricSink): void {
  readExportJson(body, {
    names: NAMES,
    record: (metric, resource, scope, budget) => readMetric(metric, resource, scope, budget, sink),
    reject: (rejection, metric, resource) => sink.reject(named(rejection, nameIn(metric)), resource),
  });
}

function readMetric(
  metric: JsonObject,
  resource: RawResource,
  scope: RawScope,
  budget: ValueBudget,
  sink: MetricSink,
): void {
  const found = KINDS.find(([camel, snake]) => field(metric, camel, snake) !== undefined);
  if (!found) return;
  const [camel, snake, kind] = found;
  const data = object(metric, camel, snake);
  const raw: RawMetric = {
    name: text(metric, 'name', 'name'),
    description: text(metric, 'description', 'description'),
    unit: text(metric, 'unit', 'unit'),
    metadata: readKeyValues(objects(metric, 'metadata', 'metadata'), budget, 0),
    kind,
    temporality:
      TEMPORALITIES[
        enumNumber(data, 'aggregationTemporality', 'aggregation_temporality', (name) =>
          TEMPORALITIES.indexOf(name.replace('AGGREGATION_TEMPORALITY_', '').toLowerCase() as Temporality),
        )
      ] ?? 'unspecified',
    monotonic: field(data, 'isMonotonic', 'is_monotonic') === true,
    resource,
    scope,
  };
  for (const item of array(data, 'dataPoints', 'data_points')) {
    try {
      budget.reset();
      const point = readPoint(toObject('dataPoints', item), kind, budget);
      checkDataPoint(point);
      sink.dataPoint(raw, point);
    } catch (error) {
      if (!(error instanceof Rejection)) throw error;
      sink.reject(named(error, raw.name), resource);
    }
  }
}

function readPoint(source: JsonObject, kind: MetricKind, budget: ValueBudget): RawDataPoint {
  const point = new PointBuilder();
  point.startTimeUnixNano = nanoseconds(source, 'startTimeUnixNano', 'start_time_unix_nano');
  point.timeUnixNano = nanoseconds(source, 'timeUnixNano', 'time_unix_nano');
  if (kind === 'summary') return point.build();
  for (const [key, value] of readAttributes(source, budget, 0)) point.attributes.set(key, value);
  point.set('flags', count(source, 'flags', 'flags'));
  for (const exemplar of objects(source, 'exemplars', 'exemplars'))
    point.exemplars.push(readExemplar(exemplar, budget));
  if (kind === 'gauge' || kind === 'sum') {
    point.value = numberValue(source) ?? undefined;
    return point.build();
  }
  point.count = unsigned(source, 'count', 'count');
  point.sum = plainDouble(source, 'sum', 'sum');
  point.min = plainDouble(source, 'min', 'min');
  point.max = plainDouble(source, 'max', 'max');
  if (kind === 'histogram') {
    point.set('bucketCounts', counts(source, budget));
    point.set(
      'explicitBounds',
      array(source, 'explicitBounds', 'explicit_bounds').map((bound) => {
        budget.take();
        return readDouble(bound);
      }),
    );
    return point.build();
  }
  point.set('scale', signed(source, 'scale'));
  point.set('zeroCount', int(unsigned(source, 'zeroCount', 'zero_count') ?? 0n));
  point.set('zeroThreshold', double(plainDouble(source, 'zeroThreshold', 'zero_threshold') ?? 0));
  for (const side of ['positive', 'negative']) {
    const buckets = field(source, side, side);
    if (isObject(buckets)) point.set(side, bucketsOf(signed(buckets, 'offset'), counts(buckets, budget)));
  }
  return point.build();
}

function readExemplar(source: JsonObject, budget: ValueBudget): AttributeValue {
  budget.take();
  return exemplarOf({
    filteredAttributes: readKeyValues(
      objects(source, 'filteredAttributes', 'filtered_attributes'),
      budget,
      0,
    ),
    timeUnixNano: nanoseconds(source, 'timeUnixNano', 'time_unix_nano'),
    value: numberValue(source),
    spanId: id(source, 'spanId', 'span_id', 8),
    traceId: id(source, 'traceId', 'trace_id', 16),
  });
}

/** The value of `asInt` or `asDouble`; null if neither is set. */
function numberValue(source: JsonObject): AttributeValue {
  const asInt = field(source, 'asInt', 'as_int');
  if (asInt !== undefined) {
    const exact = integer(asInt);
    if (exact === undefined || BigInt.asIntN(64, exact) !== exact)
      throw unexpected('asInt', 'an integer of 64 bits', asInt);
    return int(exact);
  }
  const asDouble = field(source, 'asDouble', 'as_double');
  return asDouble === undefined ? null : readDouble(asDouble);
}

function unsigned(source: JsonObject, camel: string, snake: string): bigint | undefined {
  const value = field(source, camel, snake);
  return value === undefined ? undefined : unsignedValue(camel, value);
}

function unsignedValue(name: string, value: unknown): bigint {
  const exact = integer(value);
  if (exact === undefined || BigInt.asUintN(64, exact) !== exact)
    throw unexpected(name, 'an unsigned integer of 64 bits', value);
  return exact;
}

function signed(source: JsonObject, name: string): number {
  const value = field(source, name, name);
  const exact = value === undefined ? 0n : integer(value);
  if (exact === undefined || BigInt.asIntN(32, exact) !== exact)
    throw unexpected(name, 'an integer of 32 bits', value);
  return Number(exact);
}

function counts(source: JsonObject, budget: ValueBudget): AttributeValue[] {
  return array(source, 'bucketCounts', 'bucket_counts').map((value) => {
    budget.take();
    return int(unsignedValue('bucketCounts', value));
  });
}

function plainDouble(source: JsonObject, camel: string, snake: string): number | undefined {
  const value = field(source, camel, snake);
  if (value === undefined) return undefined;
  const number = readDouble(value);
  return typeof number === 'number' ? number : number.value;
}

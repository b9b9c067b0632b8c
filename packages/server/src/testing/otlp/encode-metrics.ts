/** For tests: generates random metrics with one point, and encodes metrics to OTLP in protobuf and in JSON. */
import { type Attributes, type AttributeValue, DoubleValue } from '@throughline/spans';
import fc from 'fast-check';
import type { RawDataPoint, RawMetric } from '../../otlp/metrics/metric-sink.ts';
import { anyText, arbitraryResource, arbitraryScope, attributes, hexId, time } from './arbitrary-values.ts';
import {
  attributes as attributeFields,
  bytes,
  double,
  fixed64,
  jsonAttributes,
  jsonDouble,
  rawVarint,
  requestJson,
  requestProtobuf,
  sfixed64,
  text,
  varint,
} from './encode-values.ts';

export interface SentMetric {
  readonly metric: RawMetric;
  readonly point: RawDataPoint;
}

const exact = (value: bigint): number | bigint =>
  Number.isSafeInteger(Number(value)) ? Number(value) : value;
const uint64 = fc.oneof(fc.bigInt({ min: 1n, max: 1000n }), fc.bigInt({ min: 1n, max: 2n ** 64n - 1n }));
const int64 = fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }).map(exact);
const doubleValue = fc.double().map((value) => (Number.isInteger(value) ? new DoubleValue(value) : value));
const flags = fc.integer({ min: 1, max: 2 ** 32 - 1 });

const exemplar: fc.Arbitrary<Attributes> = fc
  .tuple(time, fc.oneof(int64, doubleValue), hexId(32), hexId(16), attributes)
  .map(
    ([at, value, traceId, spanId, filteredAttributes]) =>
      new Map<string, AttributeValue>([
        ['timeUnixNano', String(at)],
        ['value', value],
        ['traceId', traceId],
        ['spanId', spanId],
        ['filteredAttributes', filteredAttributes],
      ]),
  );
const list = (item: fc.Arbitrary<AttributeValue>) => fc.array(item, { minLength: 1, maxLength: 4 });
const buckets: fc.Arbitrary<Attributes> = fc
  .tuple(fc.integer({ min: -1000, max: 1000 }), list(uint64.map(exact)))
  .map(
    ([offset, bucketCounts]) =>
      new Map<string, AttributeValue>([
        ['offset', offset],
        ['bucketCounts', bucketCounts],
      ]),
  );

/** Generates the other fields of a point: any of them, in any order. */
const restOf = (fields: Readonly<Record<string, fc.Arbitrary<AttributeValue>>>): fc.Arbitrary<Attributes> =>
  fc.record(fields, { requiredKeys: [] }).map((found) => new Map(Object.entries(found)) as Attributes);

const times = { startTimeUnixNano: fc.oneof(fc.constant(0n), time), timeUnixNano: time };
const common = { flags, exemplars: list(exemplar) };
const figures = { sum: fc.double(), min: fc.double(), max: fc.double() };

const POINTS = {
  gauge: fc.record({ ...times, attributes, value: fc.oneof(int64, doubleValue), rest: restOf(common) }),
  sum: fc.record({ ...times, attributes, value: fc.oneof(int64, doubleValue), rest: restOf(common) }),
  histogram: fc.record({
    ...times,
    attributes,
    count: uint64,
    ...figures,
    rest: restOf({ ...common, bucketCounts: list(uint64.map(exact)), explicitBounds: list(doubleValue) }),
  }),
  'exponential-histogram': fc.record({
    ...times,
    attributes,
    count: uint64,
    ...figures,
    rest: restOf({
      ...common,
      scale: fc.integer({ min: 1, max: 20 }),
      zeroCount: uint64.map(exact),
      zeroThreshold: fc.constant(0.25),
      positive: buckets,
      negative: buckets,
    }),
  }),
} satisfies Partial<Record<RawMetric['kind'], fc.Arbitrary<RawDataPoint>>>;

export const arbitraryMetric: fc.Arbitrary<SentMetric> = fc
  .constantFrom(...(Object.keys(POINTS) as (keyof typeof POINTS)[]))
  .chain((kind) =>
    fc.record({
      metric: fc.record({
        name: anyText,
        description: anyText,
        unit: anyText,
        metadata: attributes,
        kind: fc.constant(kind),
        temporality:
          kind === 'gauge'
            ? fc.constant('unspecified' as const)
            : fc.constantFrom('unspecified' as const, 'delta' as const, 'cumulative' as const),
        monotonic: kind === 'sum' ? fc.boolean() : fc.constant(false),
        resource: arbitraryResource,
        scope: arbitraryScope,
      }),
      point: POINTS[kind] as fc.Arbitrary<RawDataPoint>,
    }),
  );

const TEMPORALITIES = ['unspecified', 'delta', 'cumulative'];
const DATA_FIELDS = { gauge: 5, sum: 7, histogram: 9, 'exponential-histogram': 10, summary: 11 };

export function encodeMetricsProtobuf(metrics: readonly SentMetric[]): Buffer {
  return requestProtobuf(
    metrics.map(({ metric, point }) => ({
      ...metric,
      bytes: [
        // The data is written first, because fields can have any order.
        bytes(DATA_FIELDS[metric.kind], [
          bytes(1, pointFields(metric.kind, point)),
          varint(2, TEMPORALITIES.indexOf(metric.temporality)),
          ...(metric.kind === 'sum' ? [varint(3, metric.monotonic ? 1 : 0)] : []),
        ]),
        text(1, metric.name),
        text(2, metric.description),
        text(3, metric.unit),
        ...attributeFields(12, metric.metadata),
      ],
    })),
  );
}

function pointFields(kind: RawMetric['kind'], point: RawDataPoint): Buffer[] {
  const { rest } = point;
  const both = [fixed64(2, point.startTimeUnixNano), fixed64(3, point.timeUnixNano)];
  if (kind === 'summary') return both;
  const fields = {
    gauge: { attributes: 7, exemplars: 5, flags: 8, min: 0, max: 0 },
    sum: { attributes: 7, exemplars: 5, flags: 8, min: 0, max: 0 },
    histogram: { attributes: 9, exemplars: 8, flags: 10, min: 11, max: 12 },
    'exponential-histogram': { attributes: 1, exemplars: 11, flags: 10, min: 12, max: 13 },
  }[kind];
  const out = [
    ...both,
    ...attributeFields(fields.attributes, point.attributes),
    ...listOf(rest, 'exemplars').map((each) => bytes(fields.exemplars, exemplarFields(each as Attributes))),
    varint(fields.flags, Number(rest.get('flags') ?? 0)),
  ];
  if (kind === 'gauge' || kind === 'sum') return [...out, numberField(point.value ?? null, 4, 6)];
  out.push(
    fixed64(4, point.count ?? 0n),
    double(5, point.sum ?? 0),
    double(fields.min, point.min ?? 0),
    double(fields.max, point.max ?? 0),
  );
  if (kind === 'histogram') {
    const counts = listOf(rest, 'bucketCounts').map((each) => bytesOfFixed64(BigInt(each as number)));
    const bounds = listOf(rest, 'explicitBounds').map((each) => double(7, numberOf(each)).subarray(1));
    return [
      ...out,
      ...(counts.length ? [bytes(6, counts)] : []),
      ...(bounds.length ? [bytes(7, bounds)] : []),
    ];
  }
  return [
    ...out,
    varint(6, zigzag(Number(rest.get('scale') ?? 0))),
    fixed64(7, BigInt((rest.get('zeroCount') as number) ?? 0)),
    double(14, numberOf(rest.get('zeroThreshold') ?? 0)),
    ...bucketFields(8, rest.get('positive')),
    ...bucketFields(9, rest.get('negative')),
  ];
}

function bucketFields(field: number, value: AttributeValue | undefined): Buffer[] {
  if (!(value instanceof Map)) return [];
  const counts = listOf(value, 'bucketCounts').map((each) => rawVarint(each as number));
  return [bytes(field, [varint(1, zigzag(Number(value.get('offset')))), bytes(2, counts)])];
}

function exemplarFields(exemplar_: Attributes): Buffer[] {
  return [
    fixed64(2, BigInt(String(exemplar_.get('timeUnixNano')))),
    numberField(exemplar_.get('value') ?? null, 3, 6),
    bytes(4, [Buffer.from(String(exemplar_.get('spanId')), 'hex')]),
    bytes(5, [Buffer.from(String(exemplar_.get('traceId')), 'hex')]),
    ...attributeFields(7, exemplar_.get('filteredAttributes') as Attributes),
  ];
}

function numberField(value: AttributeValue, asDouble: number, asInt: number): Buffer {
  if (typeof value === 'bigint') return sfixed64(asInt, value);
  return typeof value === 'number' && Number.isInteger(value)
    ? sfixed64(asInt, BigInt(value))
    : double(asDouble, numberOf(value));
}

const listOf = (map: Attributes, key: string): readonly AttributeValue[] =>
  (map.get(key) as readonly AttributeValue[] | undefined) ?? [];
const numberOf = (value: AttributeValue): number =>
  value instanceof DoubleValue ? value.value : (value as number);
const bytesOfFixed64 = (value: bigint): Buffer => fixed64(1, value).subarray(1);
const zigzag = (value: number): number => (value < 0 ? -value * 2 - 1 : value * 2);

const DATA_NAMES = {
  gauge: 'gauge',
  sum: 'sum',
  histogram: 'histogram',
  'exponential-histogram': 'exponentialHistogram',
  summary: 'summary',
};

export function encodeMetricsJson(metrics: readonly SentMetric[]): Record<string, unknown> {
  return requestJson(
    ['resourceMetrics', 'scopeMetrics', 'metrics'],
    metrics.map(({ metric, point }) => ({
      ...metric,
      json: {
        name: metric.name,
        description: metric.description,
        unit: metric.unit,
        metadata: jsonAttributes(metric.metadata),
        [DATA_NAMES[metric.kind]]: {
          dataPoints: [jsonPoint(point)],
          aggregationTemporality: TEMPORALITIES.indexOf(metric.temporality),
          ...(metric.kind === 'sum' ? { isMonotonic: metric.monotonic } : {}),
        },
      },
    })),
  );
}

function jsonPoint({ rest, attributes: map, ...point }: RawDataPoint): Record<string, unknown> {
  const jsonBuckets = (value: AttributeValue | undefined) =>
    value instanceof Map
      ? { offset: value.get('offset'), bucketCounts: listOf(value, 'bucketCounts').map(String) }
      : undefined;
  const figure = (value: number | undefined) => (value === undefined ? undefined : jsonDouble(value));
  return {
    ...jsonNumber(point.value),
    startTimeUnixNano: String(point.startTimeUnixNano),
    timeUnixNano: String(point.timeUnixNano),
    attributes: jsonAttributes(map),
    flags: rest.get('flags'),
    count: point.count === undefined ? undefined : String(point.count),
    sum: figure(point.sum),
    min: figure(point.min),
    max: figure(point.max),
    bucketCounts: listOf(rest, 'bucketCounts').map(String),
    explicitBounds: listOf(rest, 'explicitBounds').map((bound) => jsonDouble(numberOf(bound))),
    scale: rest.get('scale'),
    zeroCount: rest.has('zeroCount') ? String(rest.get('zeroCount')) : undefined,
    zeroThreshold: rest.get('zeroThreshold'),
    positive: jsonBuckets(rest.get('positive')),
    negative: jsonBuckets(rest.get('negative')),
    exemplars: listOf(rest, 'exemplars').map((each) => {
      const fields = each as Attributes;
      return {
        timeUnixNano: fields.get('timeUnixNano'),
        ...jsonNumber(fields.get('value')),
        traceId: fields.get('traceId'),
        spanId: fields.get('spanId'),
        filteredAttributes: jsonAttributes(fields.get('filteredAttributes') as Attributes),
      };
    }),
  };
}

function jsonNumber(value: AttributeValue | undefined): Record<string, unknown> {
  if (value === undefined || value === null) return {};
  const isInt = typeof value === 'bigint' || (typeof value === 'number' && Number.isInteger(value));
  return isInt ? { asInt: String(value) } : { asDouble: jsonDouble(numberOf(value)) };
}

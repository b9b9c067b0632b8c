/**
 * Reads data points of OTLP metrics in protobuf, which have one message type per kind.
 * Source: opentelemetry-proto `metrics/v1/metrics.proto`. Fields that are not listed here are skipped.
 */
import type { AttributeValue } from '@throughline/spans';
import { FIXED64, LENGTH, type ProtobufReader, tag, VARINT } from '../protobuf/protobuf-reader.ts';
import type { ProtobufValues } from '../protobuf/protobuf-values.ts';
import type { MetricKind, RawDataPoint } from './metric-sink.ts';
import { bucketsOf, double, exemplarOf, int, PointBuilder } from './point-builder.ts';

/** Readers of one point, by the kind of its metric. They expect that the reader has entered the point. */
export const POINT_READERS: Readonly<Record<MetricKind, (values: ProtobufValues) => RawDataPoint>> = {
  gauge: readNumber,
  sum: readNumber,
  histogram: readHistogram,
  'exponential-histogram': readExponentialHistogram,
  summary: readSummary,
};

/** NumberDataPoint: 2 start, 3 time, 4 as_double, 5 exemplars, 6 as_int, 7 attributes, 8 flags */
function readNumber(values: ProtobufValues): RawDataPoint {
  const { reader } = values;
  const point = new PointBuilder();
  while (reader.next()) {
    switch (reader.tag) {
      case tag(4, FIXED64):
        point.value = double(reader.double());
        break;
      case tag(6, FIXED64):
        point.value = int(BigInt.asIntN(64, reader.fixed64()));
        break;
      case tag(5, LENGTH):
        point.exemplars.push(readExemplar(values));
        break;
      case tag(7, LENGTH):
        values.keyValue(point.attributes, 0);
        break;
      case tag(8, VARINT):
        point.set('flags', reader.uint32());
        break;
      default:
        readTimes(reader, point);
    }
  }
  return point.build();
}

/**
 * HistogramDataPoint: 2 start, 3 time, 4 count, 5 sum, 6 bucket_counts, 7 explicit_bounds, 8 exemplars, 9 attributes,
 * 10 flags, 11 min, 12 max
 */
function readHistogram(values: ProtobufValues): RawDataPoint {
  const { reader } = values;
  const point = new PointBuilder();
  const bucketCounts: AttributeValue[] = [];
  const explicitBounds: AttributeValue[] = [];
  while (reader.next()) {
    switch (reader.tag) {
      case tag(4, FIXED64):
        point.count = reader.fixed64();
        break;
      case tag(5, FIXED64):
        point.sum = reader.double();
        break;
      case tag(6, LENGTH):
        readPacked(values, bucketCounts, () => int(reader.fixed64()));
        break;
      case tag(6, FIXED64):
        values.budget.take();
        bucketCounts.push(int(reader.fixed64()));
        break;
      case tag(7, LENGTH):
        readPacked(values, explicitBounds, () => double(reader.double()));
        break;
      case tag(7, FIXED64):
        values.budget.take();
        explicitBounds.push(double(reader.double()));
        break;
      case tag(8, LENGTH):
        point.exemplars.push(readExemplar(values));
        break;
      case tag(9, LENGTH):
        values.keyValue(point.attributes, 0);
        break;
      case tag(10, VARINT):
        point.set('flags', reader.uint32());
        break;
      case tag(11, FIXED64):
        point.min = reader.double();
        break;
      case tag(12, FIXED64):
        point.max = reader.double();
        break;
      default:
        readTimes(reader, point);
    }
  }
  point.set('bucketCounts', bucketCounts);
  point.set('explicitBounds', explicitBounds);
  return point.build();
}

/**
 * ExponentialHistogramDataPoint: 1 attributes, 2 start, 3 time, 4 count, 5 sum, 6 scale, 7 zero_count, 8 positive,
 * 9 negative, 10 flags, 11 exemplars, 12 min, 13 max, 14 zero_threshold
 */
function readExponentialHistogram(values: ProtobufValues): RawDataPoint {
  const { reader } = values;
  const point = new PointBuilder();
  while (reader.next()) {
    switch (reader.tag) {
      case tag(1, LENGTH):
        values.keyValue(point.attributes, 0);
        break;
      case tag(4, FIXED64):
        point.count = reader.fixed64();
        break;
      case tag(5, FIXED64):
        point.sum = reader.double();
        break;
      case tag(6, VARINT):
        point.set('scale', zigzag(reader.uint32()));
        break;
      case tag(7, FIXED64):
        point.set('zeroCount', int(reader.fixed64()));
        break;
      case tag(8, LENGTH):
        point.set('positive', readBuckets(values));
        break;
      case tag(9, LENGTH):
        point.set('negative', readBuckets(values));
        break;
      case tag(10, VARINT):
        point.set('flags', reader.uint32());
        break;
      case tag(11, LENGTH):
        point.exemplars.push(readExemplar(values));
        break;
      case tag(12, FIXED64):
        point.min = reader.double();
        break;
      case tag(13, FIXED64):
        point.max = reader.double();
        break;
      case tag(14, FIXED64):
        point.set('zeroThreshold', double(reader.double()));
        break;
      default:
        readTimes(reader, point);
    }
  }
  return point.build();
}

/** SummaryDataPoint: 2 start, 3 time. The quantiles are not used. */
function readSummary({ reader }: ProtobufValues): RawDataPoint {
  const point = new PointBuilder();
  while (reader.next()) readTimes(reader, point);
  return point.build();
}

/** The fields that all kinds have: 2 start_time_unix_nano, 3 time_unix_nano */
function readTimes(reader: ProtobufReader, point: PointBuilder): void {
  if (reader.tag === tag(2, FIXED64)) point.startTimeUnixNano = reader.fixed64();
  else if (reader.tag === tag(3, FIXED64)) point.timeUnixNano = reader.fixed64();
  else reader.skip();
}

/** Buckets: 1 offset, 2 bucket_counts */
function readBuckets(values: ProtobufValues): AttributeValue {
  const { reader } = values;
  const outer = reader.enter();
  const bucketCounts: AttributeValue[] = [];
  const count = () => int(BigInt.asUintN(64, BigInt(reader.int64())));
  let offset = 0;
  while (reader.next()) {
    if (reader.tag === tag(1, VARINT)) offset = zigzag(reader.uint32());
    else if (reader.tag === tag(2, LENGTH)) readPacked(values, bucketCounts, count);
    else if (reader.tag === tag(2, VARINT)) {
      values.budget.take();
      bucketCounts.push(count());
    } else reader.skip();
  }
  reader.leave(outer);
  return bucketsOf(offset, bucketCounts);
}

/** Exemplar: 2 time_unix_nano, 3 as_double, 4 span_id, 5 trace_id, 6 as_int, 7 filtered_attributes */
function readExemplar(values: ProtobufValues): AttributeValue {
  const { reader } = values;
  values.budget.take();
  const outer = reader.enter();
  const filteredAttributes = new Map<string, AttributeValue>();
  let timeUnixNano = 0n;
  let value: AttributeValue = null;
  let spanId = '';
  let traceId = '';
  while (reader.next()) {
    if (reader.tag === tag(2, FIXED64)) timeUnixNano = reader.fixed64();
    else if (reader.tag === tag(3, FIXED64)) value = double(reader.double());
    else if (reader.tag === tag(4, LENGTH)) spanId = reader.hex();
    else if (reader.tag === tag(5, LENGTH)) traceId = reader.hex();
    else if (reader.tag === tag(6, FIXED64)) value = int(BigInt.asIntN(64, reader.fixed64()));
    else if (reader.tag === tag(7, LENGTH)) values.keyValue(filteredAttributes, 0);
    else reader.skip();
  }
  reader.leave(outer);
  return exemplarOf({ filteredAttributes, timeUnixNano, value, spanId, traceId });
}

function readPacked(values: ProtobufValues, into: AttributeValue[], read: () => AttributeValue): void {
  const { reader, budget } = values;
  const outer = reader.enter();
  while (reader.position < reader.end) {
    budget.take();
    into.push(read());
  }
  reader.leave(outer);
}

const zigzag = (value: number): number => (value >>> 1) ^ -(value & 1);

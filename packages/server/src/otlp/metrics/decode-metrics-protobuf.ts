/**
 * Decodes OTLP metrics in protobuf to data points.
 * Source: opentelemetry-proto `metrics/v1/metrics.proto`. Fields that are not listed here are skipped.
 */
import type { AttributeValue, RawResource, RawScope } from '@throughline/spans';
import type { KeyInterner } from '../key-interner.ts';
import { LENGTH, ProtobufReader, tag, VARINT } from '../protobuf/protobuf-reader.ts';
import type { ProtobufValues } from '../protobuf/protobuf-values.ts';
import { readExportProtobuf, rejection } from '../protobuf/read-export.ts';
import { named } from '../rejection.ts';
import { checkDataPoint } from './check-data-point.ts';
import type { MetricKind, MetricSink, RawMetric, Temporality } from './metric-sink.ts';
import { POINT_READERS } from './read-data-point-protobuf.ts';

const TEMPORALITIES: readonly Temporality[] = ['unspecified', 'delta', 'cumulative'];

/** The kind of a metric, by the field that contains its points. */
const KINDS: ReadonlyMap<number, MetricKind> = new Map([
  [tag(5, LENGTH), 'gauge'],
  [tag(7, LENGTH), 'sum'],
  [tag(9, LENGTH), 'histogram'],
  [tag(10, LENGTH), 'exponential-histogram'],
  [tag(11, LENGTH), 'summary'],
]);

/**
 * Decodes an `ExportMetricsServiceRequest`. Invalid points are passed to `sink.reject`. A metric whose resource or scope
 * cannot be read counts as one point.
 *
 * @throws ProtobufError if the message is not valid protobuf; discard the points that the sink received before
 */
export function decodeMetricsProtobuf(body: Uint8Array, sink: MetricSink, keys?: KeyInterner): void {
  readExportProtobuf(new ProtobufReader(body, keys), {
    record: (values, resource, scope) => readMetric(values, resource, scope, sink),
    reject: (problem, resource) => sink.reject(problem, resource),
  });
}

/**
 * Metric: 1 name, 2 description, 3 unit, 5 gauge, 7 sum, 9 histogram, 10 exponential_histogram, 11 summary,
 * 12 metadata. The fields can have any order, so the message is read twice.
 */
function readMetric(values: ProtobufValues, resource: RawResource, scope: RawScope, sink: MetricSink): void {
  const { reader } = values;
  const start = reader.position;
  const metadata = new Map<string, AttributeValue>();
  let name = '';
  let description = '';
  let unit = '';
  let kind: MetricKind = 'gauge';
  let data: ReturnType<typeof readData> = { temporality: 'unspecified', monotonic: false };
  while (reader.next()) {
    const found = KINDS.get(reader.tag);
    if (found !== undefined) {
      kind = found;
      data = readData(values);
    } else if (reader.tag === tag(1, LENGTH)) name = reader.key();
    else if (reader.tag === tag(2, LENGTH)) description = reader.string();
    else if (reader.tag === tag(3, LENGTH)) unit = reader.key();
    else if (reader.tag === tag(12, LENGTH)) values.keyValue(metadata, 0);
    else reader.skip();
  }
  const metric: RawMetric = { name, description, unit, metadata, kind, ...data, resource, scope };
  reader.rewind(start);
  while (reader.next()) {
    if (KINDS.get(reader.tag) === kind) readPoints(values, metric, sink);
    else reader.skip();
  }
}

/** Gauge, Sum, Histogram, ExponentialHistogram, Summary: 2 aggregation_temporality, 3 is_monotonic */
function readData({ reader }: ProtobufValues): Pick<RawMetric, 'temporality' | 'monotonic'> {
  const outer = reader.enter();
  let temporality: Temporality = 'unspecified';
  let monotonic = false;
  while (reader.next()) {
    if (reader.tag === tag(2, VARINT)) temporality = TEMPORALITIES[reader.uint32()] ?? 'unspecified';
    else if (reader.tag === tag(3, VARINT)) monotonic = reader.bool();
    else reader.skip();
  }
  reader.leave(outer);
  return { temporality, monotonic };
}

/** Gauge, Sum, Histogram, ExponentialHistogram, Summary: 1 data_points */
function readPoints(values: ProtobufValues, metric: RawMetric, sink: MetricSink): void {
  const { reader } = values;
  const outer = reader.enter();
  while (reader.next()) {
    if (reader.tag !== tag(1, LENGTH)) {
      reader.skip();
      continue;
    }
    const inner = reader.enter();
    const end = reader.end;
    try {
      values.budget.reset();
      const point = POINT_READERS[metric.kind](values);
      checkDataPoint(point);
      sink.dataPoint(metric, point);
    } catch (error) {
      sink.reject(named(rejection(error), metric.name), metric.resource);
      reader.end = end;
    }
    reader.leave(inner);
  }
  reader.leave(outer);
}

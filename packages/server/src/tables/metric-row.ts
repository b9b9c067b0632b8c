import { createHash } from 'node:crypto';
import { type AttributeValue, DoubleValue, encodeAttributes } from '@throughline/spans';
import type { RawDataPoint, RawMetric } from '../otlp/metrics/metric-sink.ts';
import { columnsOf, structureOf } from './row-binary/columns.ts';

/** The data of one row of `metrics`. */
export interface MetricRow {
  readonly project: string;
  readonly metric: RawMetric;
  readonly point: RawDataPoint;
  /** The results of `encodeResource` and `encodeScope` as RowBinary text. */
  readonly resource: Uint8Array;
  readonly scope: Uint8Array;
  /** Time of receipt in nanoseconds since 1970. */
  readonly version: bigint;
}

/** A hash of everything that identifies a series. The order of attributes does not matter. */
function seriesIdOf({ metric, point, resource, scope }: MetricRow): string {
  const sorted = new Map([...point.attributes].sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0)));
  return createHash('sha256')
    .update(JSON.stringify([metric.name, metric.unit, metric.kind, metric.temporality, metric.monotonic]))
    .update(encodeAttributes(sorted))
    .update(resource)
    .update(scope)
    .digest('hex')
    .slice(0, 32);
}

function plainNumber(value: AttributeValue | undefined): number | undefined {
  const plain = value instanceof DoubleValue ? value.value : value;
  return typeof plain === 'number' || typeof plain === 'bigint' ? Number(plain) : undefined;
}

/** All fields without their own column. */
function restOf({ metric, point }: MetricRow): string {
  const rest = new Map<string, AttributeValue>(point.rest);
  if (point.value !== undefined) rest.set('value', point.value);
  if (metric.metadata.size > 0) rest.set('metadata', metric.metadata);
  return encodeAttributes(rest);
}

const { text, label, bool, double, encodedText, nullableUInt64, uint64, time } = columnsOf<MetricRow>();

/** The columns of `metrics` in the order of the schema, which a test compares. */
export const METRIC_COLUMNS = [
  label('project', (row) => row.project),
  label('name', (row) => row.metric.name),
  text('series_id', seriesIdOf),
  label('kind', (row) => row.metric.kind),
  label('temporality', (row) => row.metric.temporality),
  bool('monotonic', (row) => row.metric.monotonic),
  label('unit', (row) => row.metric.unit),
  label('description', (row) => row.metric.description),
  text('attributes', (row) => encodeAttributes(row.point.attributes)),
  time('start', (row) => row.point.startTimeUnixNano),
  time('time', (row) => row.point.timeUnixNano),
  nullableUInt64('count', (row) => row.point.count),
  double('sum', (row) => row.point.sum ?? plainNumber(row.point.value)),
  double('min', (row) => row.point.min),
  double('max', (row) => row.point.max),
  text('point', restOf),
  encodedText('resource', (row) => row.resource),
  encodedText('scope', (row) => row.scope),
  uint64('version', (row) => row.version),
];

export const METRIC_STRUCTURE = structureOf(METRIC_COLUMNS);

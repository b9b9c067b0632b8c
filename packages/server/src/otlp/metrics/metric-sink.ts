import type { Attributes, AttributeValue, RawResource, RawScope } from '@throughline/spans';
import type { Rejected } from '../rejection.ts';

export type MetricKind = 'gauge' | 'sum' | 'histogram' | 'exponential-histogram' | 'summary';
export type Temporality = 'unspecified' | 'delta' | 'cumulative';

/** The fields that all points of a metric share. Source: opentelemetry-proto `metrics/v1/metrics.proto`. */
export interface RawMetric {
  readonly name: string;
  readonly description: string;
  readonly unit: string;
  readonly metadata: Attributes;
  readonly kind: MetricKind;
  readonly temporality: Temporality;
  readonly monotonic: boolean;
  readonly resource: RawResource;
  readonly scope: RawScope;
}

/** A data point of any kind. The point of a summary has no value. */
export interface RawDataPoint {
  readonly attributes: Attributes;
  /** 0 if it is not set. */
  readonly startTimeUnixNano: bigint;
  readonly timeUnixNano: bigint;
  /** Value of a gauge or sum. Absent if no value was recorded. */
  readonly value?: AttributeValue;
  /** Number of values of a histogram. */
  readonly count?: bigint;
  readonly sum?: number;
  readonly min?: number;
  readonly max?: number;
  /**
   * All other fields by their names in the protocol: `bucketCounts`, `explicitBounds`, `scale`, `zeroCount`,
   * `zeroThreshold`, `positive`, `negative`, `flags`, `exemplars`. Values that are 0 or empty are left out.
   */
  readonly rest: Attributes;
}

/** Receives data points as they are decoded. */
export interface MetricSink {
  dataPoint(metric: RawMetric, point: RawDataPoint): void;
  /** `resource` is undefined if it cannot be read. */
  reject(rejected: Rejected, resource: RawResource | undefined): void;
}

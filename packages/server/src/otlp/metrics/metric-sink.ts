import type { Attributes, AttributeValue, RawResource, RawScope } from '@throughline/spans';
import type { Rejected } from '../rejection.ts';

export type MetricKind = 'gauge' | 'sum' | 'histogram' | 'exponential-histogram' | 'summary';
export type Temporality = 'unspecified' | 'delta' | 'cumulative';

/** What all points of a metric share. Source: opentelemetry-proto `metrics/v1/metrics.proto`. */
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

/** A data point of any kind. Of a summary nothing but that there was one. */
export interface RawDataPoint {
  readonly attributes: Attributes;
  /** 0 where the point does not say. */
  readonly startTimeUnixNano: bigint;
  readonly timeUnixNano: bigint;
  /** Of a gauge or sum; absent where no value was recorded. */
  readonly value?: AttributeValue;
  /** Of histograms. */
  readonly count?: bigint;
  readonly sum?: number;
  readonly min?: number;
  readonly max?: number;
  /**
   * The rest by the protocol's own names: `bucketCounts`, `explicitBounds`, `scale`, `zeroCount`, `zeroThreshold`,
   * `positive`, `negative`, `flags`, `exemplars`. What is 0 or empty is left out.
   */
  readonly rest: Attributes;
}

/** Takes data points as a decoder finds them. */
export interface MetricSink {
  dataPoint(metric: RawMetric, point: RawDataPoint): void;
  /** `resource` is absent where it could not be read. */
  reject(rejected: Rejected, resource: RawResource | undefined): void;
}

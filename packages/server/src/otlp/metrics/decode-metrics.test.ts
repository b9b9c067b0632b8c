import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  arbitraryMetric,
  encodeMetricsJson,
  encodeMetricsProtobuf,
  type SentMetric,
} from '../../testing/otlp/encode-metrics.ts';
import type { Rejected } from '../rejection.ts';
import { decodeMetricsJson } from './decode-metrics-json.ts';
import { decodeMetricsProtobuf } from './decode-metrics-protobuf.ts';
import type { MetricSink, RawDataPoint, RawMetric } from './metric-sink.ts';

class CollectingSink implements MetricSink {
  readonly points: SentMetric[] = [];
  readonly rejected: string[] = [];
  dataPoint(metric: RawMetric, point: RawDataPoint): void {
    this.points.push({ metric, point });
  }
  reject({ reason, detail }: Rejected): void {
    this.rejected.push(`${reason}: ${detail}`);
  }
}

function fromProtobuf(body: Uint8Array): CollectingSink {
  const sink = new CollectingSink();
  decodeMetricsProtobuf(body, sink);
  return sink;
}

function fromJson(body: unknown): CollectingSink {
  const sink = new CollectingSink();
  decodeMetricsJson(Buffer.from(JSON.stringify(body)), sink);
  return sink;
}

describe('encoding and decoding', () => {
  test.each([
    ['protobuf', (metrics: readonly SentMetric[]) => fromProtobuf(encodeMetricsProtobuf(metrics))],
    ['JSON', (metrics: readonly SentMetric[]) => fromJson(encodeMetricsJson(metrics))],
  ])('%s: random data points are unchanged after encoding and decoding', (_encoding, roundTrip) => {
    fc.assert(
      fc.property(fc.array(arbitraryMetric, { maxLength: 2 }), (points) => {
        expect(roundTrip(points)).toEqual({ points, rejected: [] });
      }),
      { numRuns: 300 },
    );
  });

  test('random bytes are either decoded or rejected', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), (body) => {
        try {
          fromProtobuf(body);
        } catch (error) {
          expect((error as Error).name).toBe('ProtobufError');
        }
      }),
      { numRuns: 1000 },
    );
  });
});

test('an invalid point is rejected, and its neighbours are not', () => {
  const point = (change: Record<string, unknown>) => ({ timeUnixNano: '1', asInt: '5', ...change });
  const dataPoints = [
    point({}),
    point({ timeUnixNano: '0' }),
    point({ asInt: 'five' }),
    point({ timeUnixNano: String(2n ** 63n) }),
    point({ asInt: '6' }),
  ];
  const metric = { name: 'gen_ai.client.token.usage', gauge: { dataPoints } };
  const { points, rejected } = fromJson({ resourceMetrics: [{ scopeMetrics: [{ metrics: [metric] }] }] });
  expect(points.map(({ point: { value } }) => value)).toEqual([5, 6]);
  expect(rejected).toEqual([
    'missing-time: the time is missing or 0',
    'malformed: asInt is the string "five", expected an integer of 64 bits',
    'time-out-of-range: a time is after 2262-04-11; times are nanoseconds since 1970',
  ]);
});

test('a summary is a point without a value', () => {
  const summary = {
    name: 'x',
    summary: {
      dataPoints: [{ timeUnixNano: '1', count: '3', quantileValues: [{ quantile: 0.5, value: 2 }] }],
    },
  };
  const { points } = fromJson({ resourceMetrics: [{ scopeMetrics: [{ metrics: [summary] }] }] });
  expect(points).toMatchObject([{ metric: { kind: 'summary' }, point: { timeUnixNano: 1n } }]);
});

test('JSON: the temporality can be given by name', () => {
  const metric = {
    name: 'x',
    histogram: {
      aggregationTemporality: 'AGGREGATION_TEMPORALITY_DELTA',
      dataPoints: [{ timeUnixNano: '1', count: '1', bucketCounts: ['1'] }],
    },
  };
  const { points } = fromJson({ resourceMetrics: [{ scopeMetrics: [{ metrics: [metric] }] }] });
  expect(points[0]?.metric.temporality).toBe('delta');
});

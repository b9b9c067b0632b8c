import type { UnsampledCount } from './sampling.ts';

const NANOS_PER_MS = 1_000_000n;

/**
 * What was not sampled since the last report, as an OTLP/JSON metrics request; undefined where there was nothing.
 *
 * Two delta sums, `throughline.sdk.unsampled.traces` and `.spans`, unit `{trace}` and `{span}`, one point per
 * feature (attribute `throughline.feature`, absent where none was set). The resource is that of the traces. A
 * trace is counted by the service that decided it; a span by the service that did not make it.
 *
 * Source: opentelemetry-proto, metrics/v1/metrics.proto.
 */
export function unsampledReport(
  count: UnsampledCount,
  resource: Readonly<Record<string, unknown>>,
  startMs: number,
  endMs: number,
): string | undefined {
  const taken = [...count.take()];
  if (taken.length === 0) return undefined;
  const sum = (what: 'traces' | 'spans', unit: string) => ({
    name: `throughline.sdk.unsampled.${what}`,
    unit,
    sum: {
      aggregationTemporality: 1,
      isMonotonic: true,
      dataPoints: taken
        .filter(([, counts]) => counts[what] > 0)
        .map(([feature, counts]) => ({
          attributes: feature === '' ? [] : [attribute('throughline.feature', feature)],
          startTimeUnixNano: nanos(startMs),
          timeUnixNano: nanos(endMs),
          asInt: String(counts[what]),
        })),
    },
  });
  const texts = Object.entries(resource).filter(([, value]) => typeof value === 'string');
  return JSON.stringify({
    resourceMetrics: [
      {
        resource: { attributes: texts.map(([key, value]) => attribute(key, String(value))) },
        scopeMetrics: [
          {
            scope: { name: '@throughline/sdk' },
            metrics: [sum('traces', '{trace}'), sum('spans', '{span}')].filter(
              ({ sum: { dataPoints } }) => dataPoints.length > 0,
            ),
          },
        ],
      },
    ],
  });
}

function attribute(key: string, value: string) {
  return { key, value: { stringValue: value } };
}

function nanos(ms: number): string {
  return String(BigInt(Math.round(ms)) * NANOS_PER_MS);
}

import type { UnsampledCount } from './unsampled-count.ts';

const NANOS_PER_MS = 1_000_000n;

/**
 * Builds an OTLP/JSON metrics request with the unsampled counts since the last report. Undefined if they are all 0.
 *
 * It contains two delta sums, `throughline.sdk.unsampled.traces` (unit `{trace}`) and `.spans` (unit `{span}`), with one
 * data point per feature. The attribute `throughline.feature` is absent if no feature was set. The resource is the same
 * as that of the traces. The service that decides about a trace counts the trace; each service counts the spans that it
 * did not record.
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

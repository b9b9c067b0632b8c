import { waitFor } from '@throughline/tests/wait-for';

const keyValues = (attributes: Readonly<Record<string, string>>) =>
  Object.entries(attributes).map(([key, stringValue]) => ({ key, value: { stringValue } }));

/** Sends one OTLP request with a histogram of token usage (4 measurements, mean 150) and a gauge of 0.25. */
export async function sendMetrics(serverUrl: string, project: string): Promise<void> {
  const timeUnixNano = String(BigInt(Date.now() - 1000) * 1_000_000n);
  const attributes = keyValues({ 'gen_ai.request.model': 'gpt-4o', 'gen_ai.token.type': 'input' });
  const point = { attributes, startTimeUnixNano: timeUnixNano, timeUnixNano };
  const response = await fetch(`${serverUrl}/v1/metrics`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', 'x-throughline-project': project },
    body: JSON.stringify({
      resourceMetrics: [
        {
          resource: { attributes: keyValues({ 'service.name': 'shop' }) },
          scopeMetrics: [
            {
              scope: { name: 'tests' },
              metrics: [
                {
                  name: 'gen_ai.client.token.usage',
                  description: 'Tokens of a request.',
                  unit: '{token}',
                  histogram: {
                    aggregationTemporality: 2,
                    dataPoints: [
                      { ...point, count: '4', sum: 600, bucketCounts: ['3', '1'], explicitBounds: [200] },
                    ],
                  },
                },
                { name: 'gen_ai.cache.share', gauge: { dataPoints: [{ ...point, asDouble: 0.25 }] } },
              ],
            },
          ],
        },
      ],
    }),
  });
  if (!response.ok) throw new Error(`POST /v1/metrics: ${response.status} ${await response.text()}`);
  await waitFor('two series of metrics', async () => {
    const answer = await fetch(`${serverUrl}/api/v1/otel-metrics?project=${project}`);
    return ((await answer.json()) as { series: unknown[] }).series.length === 2;
  });
}

import { type AttributeValue, decodeAttributes } from '@throughline/spans';
import { waitFor } from '@throughline/tests/wait-for';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  type MetricPoint,
  type MetricSeries,
  metricPointList,
  metricSeriesList,
} from '../../contract/client-metric.ts';
import { arbitraryMetric, encodeMetricsProtobuf } from '../../testing/otlp/encode-metrics.ts';
import { startTestServer, type TestServer } from '../../testing/test-server.ts';

let server: TestServer;
beforeAll(async () => {
  server = await startTestServer();
});
afterAll(() => server.stop());

const NAME = 'gen_ai.client.operation.duration';
const SECOND = 1_000_000_000n;
const START = 1_795_000_000n * SECOND;

interface Point {
  readonly at: number;
  readonly start?: number;
  readonly count: number;
  readonly sum: number;
  readonly model?: string;
}

/** A histogram with points at seconds after `START`. */
const histogram = (temporality: 1 | 2, points: readonly Point[], name = NAME) => ({
  resourceMetrics: [
    {
      resource: { attributes: [{ key: 'service.name', value: { stringValue: 'shop' } }] },
      scopeMetrics: [
        {
          metrics: [
            {
              name,
              unit: 's',
              description: 'How long it took',
              histogram: {
                aggregationTemporality: temporality,
                dataPoints: points.map(({ at, start = 0, count, sum, model = 'gpt-4o' }) => ({
                  startTimeUnixNano: String(START + BigInt(start) * SECOND),
                  timeUnixNano: String(START + BigInt(at) * SECOND),
                  attributes: [{ key: 'gen_ai.request.model', value: { stringValue: model } }],
                  count: String(count),
                  sum,
                  min: 0.5,
                  max: 2,
                  bucketCounts: [String(count), '0'],
                  explicitBounds: [10],
                })),
              },
            },
          ],
        },
      ],
    },
  ],
});

const post = (project: string, body: unknown) =>
  fetch(`${server.url}/v1/metrics`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', 'x-throughline-project': project },
    body: JSON.stringify(body),
  });

async function get<Body>(path: string): Promise<Body> {
  const response = await fetch(`${server.url}/api/v1/otel-metrics${path}`);
  expect(response.status).toBe(200);
  return response.json() as Promise<Body>;
}

/** Waits until the series have `points` points in total, and returns them. */
const seriesOf = (project: string, points: number, query = ''): Promise<MetricSeries[]> =>
  waitFor(`${points} points of ${project}`, async () => {
    const { series } = metricSeriesList.parse(await get(`?project=${project}${query}`));
    return series.reduce((sum, each) => sum + each.points, 0) === points && series;
  });

const pointsOf = async (project: string, { seriesId }: MetricSeries, query = ''): Promise<MetricPoint[]> =>
  metricPointList.parse(await get(`/${seriesId}/points?project=${project}${query}`)).points;

describe('series of metrics', () => {
  it('delta points are summed', async () => {
    const body = histogram(1, [
      { start: 0, at: 60, count: 3, sum: 4.5 },
      { start: 60, at: 120, count: 2, sum: 1.5 },
    ]);
    expect((await post('delta', body)).status).toBe(200);
    const series = await seriesOf('delta', 2);
    expect(series).toEqual([
      {
        seriesId: expect.stringMatching(/^[0-9a-f]{32}$/),
        name: NAME,
        description: 'How long it took',
        unit: 's',
        kind: 'histogram',
        temporality: 'delta',
        monotonic: false,
        service: 'shop',
        attributes: { 'gen_ai.request.model': 'gpt-4o' },
        count: 5,
        sum: 6,
        points: 2,
        firstTime: '2026-11-18T11:07:40.000000000Z',
        lastTime: '2026-11-18T11:08:40.000000000Z',
      },
    ]);
    expect(await pointsOf('delta', series[0] as MetricSeries)).toEqual([
      {
        startTime: '2026-11-18T11:06:40.000000000Z',
        time: '2026-11-18T11:07:40.000000000Z',
        count: 3,
        sum: 4.5,
        min: 0.5,
        max: 2,
        bucketCounts: [3, 0],
        explicitBounds: [10],
      },
      expect.objectContaining({ count: 2, sum: 1.5 }),
    ]);
  });

  it('cumulative series use the last point of each run of the client', async () => {
    const body = histogram(2, [
      { start: 0, at: 60, count: 3, sum: 4 },
      { start: 0, at: 120, count: 5, sum: 6 },
      { start: 200, at: 260, count: 1, sum: 2 },
    ]);
    await post('cumulative', body);
    const [series] = await seriesOf('cumulative', 3);
    expect([series?.count, series?.sum]).toEqual([6, 8]);
  });

  it('points that are sent again are stored once', async () => {
    const body = histogram(1, [{ at: 60, count: 3, sum: 4 }]);
    await post('retry', body);
    await post('retry', body);
    await post('retry', histogram(1, [{ start: 60, at: 120, count: 1, sum: 1 }]));
    const [series] = await seriesOf('retry', 2);
    expect(series?.count).toBe(4);
  });

  it('differ by attributes, and can be selected by name and time', async () => {
    await post(
      'choose',
      histogram(1, [
        { at: 60, count: 1, sum: 1 },
        { at: 60, count: 1, sum: 1, model: 'o4-mini' },
      ]),
    );
    await post('choose', histogram(1, [{ at: 600, count: 1, sum: 1 }], 'gen_ai.client.inference.duration'));
    expect(await seriesOf('choose', 3)).toHaveLength(3);
    expect(await seriesOf('choose', 1, '&name=gen_ai.client.inference.duration')).toHaveLength(1);
    expect(await seriesOf('choose', 2, '&to=2026-11-18T11:10:00Z')).toHaveLength(2);
    const [series] = await seriesOf('choose', 1, '&from=2026-11-18T11:10:00Z');
    expect(await pointsOf('choose', series as MetricSeries, '&to=2026-11-18T11:10:00Z')).toEqual([]);
  });

  it('points of other metrics are rejected, each with its reason', async () => {
    const body = histogram(
      1,
      [
        { at: 60, count: 1, sum: 1 },
        { at: 120, count: 1, sum: 1 },
      ],
      'http.server.duration',
    );
    const response = await post('refused', body);
    expect([response.status, await response.json()]).toEqual([
      200,
      {
        partialSuccess: {
          rejectedDataPoints: '2',
          errorMessage:
            '2 of 2 data points were rejected. 2: the histogram "http.server.duration" is not a gen_ai.* histogram, ' +
            'sum or gauge; Throughline stores only GenAI metrics.',
        },
      },
    ]);
  });

  it('are stored without loss', async () => {
    const sent = fc.sample(arbitraryMetric, { numRuns: 100, seed: 13 }).map(({ metric, point }, index) => ({
      metric: { ...metric, name: `gen_ai.${String(index).padStart(3, '0')}` },
      point: { ...point, timeUnixNano: START },
    }));
    const response = await fetch(`${server.url}/v1/metrics`, {
      method: 'POST',
      headers: { 'content-type': 'application/x-protobuf', 'x-throughline-project': 'lossless' },
      body: new Uint8Array(encodeMetricsProtobuf(sent)),
    });
    expect([response.status, await response.text()]).toEqual([200, '']);
    await seriesOf('lossless', 100);
    const rows = await server.engine.query<Record<string, string | number | null>>(
      `SELECT *, toUnixTimestamp64Nano(start) AS start_ns, toString(reinterpretAsUInt64(ifNull(sum, 0))) AS sum_bits,
         toString(count) AS count_text
       FROM metrics WHERE project = 'lossless' ORDER BY name`,
    );
    const bits = (value: number): string => String(new BigUint64Array(new Float64Array([value]).buffer)[0]);
    for (const [index, row] of rows.entries()) {
      const { metric, point } = sent[index] as (typeof sent)[number];
      const rest = new Map<string, AttributeValue>(point.rest);
      if (point.value !== undefined) rest.set('value', point.value);
      if (metric.metadata.size > 0) rest.set('metadata', metric.metadata);
      expect(decodeAttributes(String(row.point))).toEqual(rest);
      expect(decodeAttributes(String(row.attributes))).toEqual(point.attributes);
      expect([
        row.name,
        row.kind,
        row.temporality,
        row.unit,
        row.description,
        row.start_ns,
        row.count_text,
      ]).toEqual([
        metric.name,
        metric.kind,
        metric.temporality,
        metric.unit,
        metric.description,
        String(point.startTimeUnixNano),
        point.count === undefined ? null : String(point.count),
      ]);
      if (point.sum !== undefined && !Number.isNaN(point.sum)) expect(row.sum_bits).toBe(bits(point.sum));
    }
    expect(rows).toHaveLength(100);
  });
});

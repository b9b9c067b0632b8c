import { expect, it } from 'vitest';
import type { MetricSeries } from '../../api/types.ts';
import { figureOf, groupSeries } from './series-groups.ts';

const series = (change: Partial<MetricSeries>): MetricSeries => ({
  seriesId: 's',
  name: 'gen_ai.client.token.usage',
  description: null,
  unit: '{token}',
  kind: 'histogram',
  temporality: 'cumulative',
  monotonic: false,
  service: null,
  attributes: {},
  count: 4,
  sum: 5000,
  points: 1,
  firstTime: '2026-11-20T10:00:00Z',
  lastTime: '2026-11-20T10:00:00Z',
  ...change,
});

it.each<[Partial<MetricSeries>, string]>([
  [{}, '1,250'],
  [{ sum: 1.23456, count: 1 }, '1.23'],
  [{ count: 0, sum: 0 }, '–'],
  [{ count: null, sum: null }, '–'],
  [{ kind: 'gauge', count: null, sum: 0.5 }, '0.5'],
  [{ kind: 'sum', count: null, sum: 123_456.7 }, '123,457'],
])('the value of a series with %j is %s', (change, text) => {
  expect(figureOf(series(change)).text).toBe(text);
});

it('groups series by metric and unit', () => {
  const [a, b, c] = [
    series({ seriesId: 'a' }),
    series({ seriesId: 'b', description: 'Tokens' }),
    series({ unit: 's' }),
  ] as const;
  expect(groupSeries([a, c, b])).toEqual([
    expect.objectContaining({ unit: '{token}', description: 'Tokens', series: [a, b] }),
    expect.objectContaining({ unit: 's', description: null, series: [c] }),
  ]);
});

import { expect, it } from 'vitest';
import { rankCostQuality } from './cost-quality.ts';

const row = (feature: string, cost: number | null, avg: number | null, half: number, count: number) => ({
  feature,
  'cost.avg': cost,
  'score.quality.avg': avg,
  'score.quality.ciLow': avg === null ? null : avg - half,
  'score.quality.ciHigh': avg === null ? null : avg + half,
  'score.quality.count': count,
});

it('ranks by the cost per point, worst first', () => {
  const ranked = rankCostQuality(
    [row('cheap', 0.1, 0.5, 0.01, 1000), row('dear', 0.4, 0.8, 0.01, 1000)],
    'quality',
  );
  expect(ranked.map((each) => [each.row.feature, each.costPerPoint])).toEqual([
    ['dear', 0.5],
    ['cheap', 0.2],
  ]);
});

it('does not call a group with few scores worse than one with many by chance', () => {
  const ranked = rankCostQuality(
    [row('few', 0.1, 0.4, 0.3, 10), row('many', 0.1, 0.5, 0.01, 10_000)],
    'quality',
  );
  expect(ranked.map((each) => each.row.feature)).toEqual(['many', 'few']);
});

it('leaves out groups without a score or a cost, and puts those without any quality first', () => {
  const ranked = rankCostQuality(
    [
      row('unscored', 0.1, null, 0, 0),
      row('free', null, 0.5, 0, 5),
      row('good', 1, 0.9, 0.01, 50),
      row('zero', 0.1, 0, 0, 50),
    ],
    'quality',
  );
  expect(ranked.map((each) => [each.row.feature, each.costPerPoint])).toEqual([
    ['zero', null],
    ['good', 1 / 0.9],
  ]);
});

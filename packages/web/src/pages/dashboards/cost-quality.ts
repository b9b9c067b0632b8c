import type { MetricsRow } from '../../api/types.ts';

/** What the traces of a group cost and how good they are. */
export interface CostQuality {
  readonly row: MetricsRow;
  readonly costPerTrace: number;
  readonly score: number;
  /** Ends of the 95 % confidence interval of the score. */
  readonly low: number;
  readonly high: number;
  readonly scores: number;
  /** Cost of a trace divided by its score. Null if the score is not positive. */
  readonly costPerPoint: number | null;
  /** The cost per point if the score is as high as its confidence interval allows. */
  readonly atLeast: number;
}

/** The measures of one score that {@link rankCostQuality} needs. */
export function costQualityMeasures(name: string): string[] {
  return [
    ...['count', 'avg', 'ciLow', 'ciHigh'].map((aggregation) => `score.${name}.${aggregation}`),
    'cost.avg',
    'cost.sum',
    'count.sum',
  ];
}

/**
 * The groups by their cost per point, worst first. Each group is ranked as if its score were at the upper end of its
 * confidence interval, so that a group with ten scores is not called worse than one with ten thousand by chance.
 */
export function rankCostQuality(rows: readonly MetricsRow[], name: string): CostQuality[] {
  return rows
    .flatMap((row): CostQuality[] => {
      const [scores, score, low, high, costPerTrace] = [
        ...costQualityMeasures(name).slice(0, 4),
        'cost.avg',
      ].map((measure) => row[measure]);
      if (typeof score !== 'number' || typeof low !== 'number' || typeof high !== 'number') return [];
      if (typeof costPerTrace !== 'number') return [];
      return [
        {
          row,
          costPerTrace,
          score,
          low,
          high,
          scores: Number(scores ?? 0),
          costPerPoint: score > 0 ? costPerTrace / score : null,
          atLeast: high > 0 ? costPerTrace / high : Number.POSITIVE_INFINITY,
        },
      ];
    })
    .toSorted((a, b) => (a.atLeast === b.atLeast ? 0 : b.atLeast - a.atLeast));
}

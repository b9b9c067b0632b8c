import { formatCount } from '@throughline/spans';
import type { MetricSeries } from '../../api/types.ts';
import { ABSENT, countOf, type Shown } from '../../format/numbers.ts';

/** The series of one metric with the same unit and kind. */
export interface SeriesGroup {
  readonly name: string;
  readonly description: string | null;
  readonly unit: string | null;
  readonly kind: MetricSeries['kind'];
  readonly series: readonly MetricSeries[];
}

/** Groups series by metric, unit and kind. Groups and series keep the order of the input. */
export function groupSeries(series: readonly MetricSeries[]): readonly SeriesGroup[] {
  return [
    ...Map.groupBy(series, ({ name, unit, kind }) => JSON.stringify([name, unit, kind])).values(),
  ].flatMap((group) => {
    const [first] = group;
    if (!first) return [];
    const { name, unit, kind } = first;
    const description = group.find((one) => one.description !== null)?.description ?? null;
    return { name, description, unit, kind, series: group };
  });
}

/** The value that represents a series: the mean of a histogram, the total of a sum, the last value of a gauge. */
export function figureOf({ kind, count, sum }: Pick<MetricSeries, 'kind' | 'count' | 'sum'>): Shown {
  const isMean = kind === 'histogram' || kind === 'exponential-histogram';
  if (sum === null || (isMean && !count)) return { text: ABSENT, exact: '' };
  const value = isMean ? sum / (count ?? 1) : sum;
  const text =
    Math.abs(value) >= 1000 ? formatCount(Math.round(value)) : String(Number(value.toPrecision(3)));
  return { text, exact: isMean ? `${sum} in ${countOf(count ?? 0, 'measurement')}` : String(value) };
}

/** Column header for the value that {@link figureOf} returns. */
export const FIGURE_NAMES: Readonly<Record<MetricSeries['kind'], string>> = {
  gauge: 'Last value',
  sum: 'Total',
  histogram: 'Mean',
  'exponential-histogram': 'Mean',
};

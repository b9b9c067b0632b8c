import type { MetricsRow } from '../../api/types.ts';
import type { Unpriced } from '../../format/numbers.ts';
import { type PanelQuery, splitMeasure } from './panel.ts';

/**
 * The calls without a price that make a value a lower bound. A sum or a quotient lacks them, and so does each trace that
 * contains some. The median of single calls is that of the calls with a price.
 */
export function unpricedOf(
  measure: string,
  { of }: Pick<PanelQuery, 'of'>,
  row: MetricsRow,
): Unpriced | undefined {
  const { measure: name, aggregation } = splitMeasure(measure);
  const isSum = ['sum', 'rate', 'ratio'].includes(aggregation);
  if (!name.startsWith('cost') || !(isSum || of === 'traces')) return undefined;
  return { unpricedCalls: Number(row.unpricedCalls ?? 0) };
}

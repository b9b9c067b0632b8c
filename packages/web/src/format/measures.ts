import { formatMeasure } from '@throughline/spans';
import { ABSENT, type Shown, showCost, type Unpriced } from './numbers.ts';

/** The value of a measure with its unit. A cost that lacks prices is a lower bound: `≥ $1.24`. */
export function showMeasure(
  value: number | string | null | undefined,
  unit: string | null,
  unpriced?: Unpriced,
): Shown {
  if (unit === 'usd' && (typeof value === 'number' ? value >= 0 : true))
    return showCost(typeof value === 'number' ? value : null, unpriced);
  if (typeof value !== 'number') return { text: ABSENT, exact: '' };
  return { text: formatMeasure(value, unit ?? 'none'), exact: String(Number(value.toPrecision(12))) };
}

/** The relative change of a value: `+12 %`, `−3.4 %`, `new`. Absent if there is nothing to compare. */
export function showChange(now: unknown, before: unknown): Shown {
  if (typeof now !== 'number' || typeof before !== 'number') return { text: ABSENT, exact: '' };
  if (before === 0) return now === 0 ? { text: '0 %', exact: '' } : { text: 'new', exact: '' };
  const percent = ((now - before) / Math.abs(before)) * 100;
  const size = Math.abs(percent);
  const text =
    size >= 1000
      ? `×${(now / before).toFixed(0)}`
      : `${percent < 0 ? '−' : '+'}${size < 9.95 ? size.toFixed(1) : size.toFixed(0)} %`;
  return { text: size < 0.05 ? '0 %' : text, exact: '' };
}

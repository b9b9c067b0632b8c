import { formatCost, formatCount, formatDuration, formatShare } from './format.ts';

/**
 * Formats the value of a measure with its unit as in the catalogue: `$1.24`, `4.2 s`, `61 %`, `0.812`. A unit that ends with
 * `/min` is a rate per minute.
 */
export function formatMeasure(value: number, unit: string): string {
  if (unit.endsWith('/min')) return `${formatMeasure(value, unit.slice(0, -'/min'.length))}/min`;
  switch (unit) {
    case 'usd':
      return formatCost(value);
    case 'ms':
      return formatDuration(value);
    case 'ratio':
      return value < 0 ? `−${formatShare(-value)}` : formatShare(value);
    case 'perSecond':
      return `${formatNumber(value)}/s`;
    default:
      return formatNumber(value);
  }
}

const compact = new Intl.NumberFormat('en-US', { notation: 'compact', maximumSignificantDigits: 3 });

/** {@link formatMeasure} for places with little room: `421 M` instead of `420,848,699`. */
export function formatShortMeasure(value: number, unit: string): string {
  if (unit !== 'count' || Math.abs(value) < 100_000) return formatMeasure(value, unit);
  return compact
    .format(value)
    .replace(/(?<=\d)(?=[A-Z])/, ' ')
    .replace('K', 'k');
}

/** `12,304`, `12.4`, `0.812`: whole numbers in full, others with three significant digits. */
function formatNumber(value: number): string {
  if (value < 0) return `−${formatNumber(-value)}`;
  if (Number.isInteger(value) || value >= 99.95) return formatCount(value);
  if (value >= 0.00095) return String(Number(value.toPrecision(3)));
  return value === 0 ? '0' : '<0.001';
}

import type { FilterUnit } from '../catalogue/fields.ts';

/** Factors from each suffix to the canonical unit. `''` is for numbers without a suffix. */
const FACTORS: Readonly<Record<FilterUnit, Readonly<Record<string, number>>>> = {
  usd: { c: 0.01, '': 1, usd: 1 },
  ms: { us: 1e-3, ms: 1, s: 1e3, m: 6e4, h: 3.6e6 },
  count: { '': 1, k: 1e3, m: 1e6 },
  rate: { '': 1, k: 1e3 },
};

const QUANTITY = /^(\$?)(-?\d{1,15}(?:\.\d{1,12})?)([a-zA-Z]{0,3})$/;

/**
 * Parses a number with a unit and converts it to the canonical unit: `2s` is 2000 in `ms`, `$0.5` and `50c` are 0.5 in
 * `usd`, `10k` is 10000. Returns undefined if the text is not a number or the suffix does not belong to the unit.
 */
export function parseQuantity(text: string, unit: FilterUnit): number | undefined {
  const [, dollar, digits, suffix] = QUANTITY.exec(text) ?? [];
  if (digits === undefined || suffix === undefined || (dollar && unit !== 'usd')) return undefined;
  const factor = FACTORS[unit][suffix.toLowerCase()];
  return factor === undefined ? undefined : Number((Number(digits) * factor).toPrecision(15));
}

/** Parses a number without a unit, as in attributes and scores. */
export function parsePlainNumber(text: string): number | undefined {
  return /^-?\d{1,15}(?:\.\d{1,12})?$/.test(text) ? Number(text) : undefined;
}

/** Converts a value to text. The inverse of `parseQuantity`. */
export function printQuantity(value: number, unit: FilterUnit | undefined): string {
  if (unit !== 'ms') return plainDigits(value);
  const isWholeSeconds = value !== 0 && Number.isInteger(value) && value % 1000 === 0;
  return isWholeSeconds ? `${value / 1000}s` : `${plainDigits(value)}ms`;
}

/** Examples of values in each unit, for error messages. */
export const QUANTITY_EXAMPLES: Readonly<Record<FilterUnit, string>> = {
  usd: '0.02, $0.02 or 2c',
  ms: '800ms, 2s, 1.5m or 1h',
  count: '500, 10k or 1.5m',
  rate: '25',
};

/** Formats a number without an exponent. */
function plainDigits(value: number): string {
  const text = String(value);
  return text.includes('e') ? value.toFixed(12).replace(/\.?0+$/, '') : text;
}

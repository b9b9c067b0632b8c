import type { FilterUnit } from '../catalogue/fields.ts';

/** Factors from a suffix to the canonical unit, smallest first. `''` is a number without a suffix. */
const FACTORS: Readonly<Record<FilterUnit, Readonly<Record<string, number>>>> = {
  usd: { c: 0.01, '': 1, usd: 1 },
  ms: { us: 1e-3, ms: 1, s: 1e3, m: 6e4, h: 3.6e6 },
  count: { '': 1, k: 1e3, m: 1e6 },
  rate: { '': 1, k: 1e3 },
};

const QUANTITY = /^(\$?)(-?\d{1,15}(?:\.\d{1,12})?)([a-zA-Z]{0,3})$/;

/**
 * A number with its unit in the canonical one: `2s` is 2000 of `ms`, `$0.5` and `50c` are 0.5 of `usd`, `10k` is 10000.
 * Undefined if the text is no number or the suffix does not belong to the unit.
 */
export function parseQuantity(text: string, unit: FilterUnit): number | undefined {
  const [, dollar, digits, suffix] = QUANTITY.exec(text) ?? [];
  if (digits === undefined || suffix === undefined || (dollar && unit !== 'usd')) return undefined;
  const factor = FACTORS[unit][suffix.toLowerCase()];
  return factor === undefined ? undefined : Number((Number(digits) * factor).toPrecision(15));
}

/** A number alone, as attributes and scores have it. */
export function parsePlainNumber(text: string): number | undefined {
  return /^-?\d{1,15}(?:\.\d{1,12})?$/.test(text) ? Number(text) : undefined;
}

/** The text that `parseQuantity` reads as this value. */
export function printQuantity(value: number, unit: FilterUnit | undefined): string {
  if (unit !== 'ms') return plainDigits(value);
  const isWholeSeconds = value !== 0 && Number.isInteger(value) && value % 1000 === 0;
  return isWholeSeconds ? `${value / 1000}s` : `${plainDigits(value)}ms`;
}

/** What a value of this unit looks like, for messages. */
export const QUANTITY_EXAMPLES: Readonly<Record<FilterUnit, string>> = {
  usd: '0.02, $0.02 or 2c',
  ms: '800ms, 2s, 1.5m or 1h',
  count: '500, 10k or 1.5m',
  rate: '25',
};

/** Without an exponent. */
function plainDigits(value: number): string {
  const text = String(value);
  return text.includes('e') ? value.toFixed(12).replace(/\.?0+$/, '') : text;
}

import { findPrice } from './find-price.ts';
import { PRICE_SOURCE } from './pricing.ts';
import { NAME_OF_KEY, type ProjectPrice, type ProjectPrices, type TokenPrices } from './project-prices.ts';
import { type Rates, ratesOfTable } from './rates.ts';

/** The price of a model at the standard service tier. */
export interface EffectivePrice {
  /** The price that the project has set. Undefined if the price is that of the table. */
  readonly own?: ProjectPrice;
  /** Name and version of the price table. */
  readonly table?: string;
  /** The model in the price table, or the pattern of the project's price. */
  readonly pricedModel: string;
  readonly seller?: string;
  /** Dollars per million tokens, for short prompts. Classes that the price list does not have are left out. */
  readonly prices: Partial<TokenPrices>;
  /** Prompts with more tokens than this have other prices. */
  readonly aboveInputTokens?: number;
  /** Dollars per call. */
  readonly perRequest?: number;
}

/** The price that applies to calls of a model at a time. Undefined if it is not known. */
export function effectivePrice(
  provider: string | undefined,
  model: string,
  timeMs: number,
  own: ProjectPrices | undefined,
): EffectivePrice | undefined {
  const set = own?.find(provider, model, timeMs);
  if (set)
    return {
      own: set.price,
      pricedModel: set.pricedModel,
      ...(set.seller !== undefined && { seller: set.seller }),
      ...describeRates(set.rates),
    };
  const found = findPrice(provider, model, new Date(timeMs));
  const rates = found && ratesOfTable(found.price);
  if (!rates) return undefined;
  return {
    table: PRICE_SOURCE,
    pricedModel: found.model.id,
    seller: found.seller,
    ...describeRates(rates),
  };
}

function describeRates({ classes, perRequest }: Rates) {
  const prices: Partial<Record<keyof TokenPrices, number>> = {};
  let above = Number.POSITIVE_INFINITY;
  for (const { at, rate } of classes) {
    const name = NAME_OF_KEY[at.priceKey];
    if (name !== undefined) prices[name] = typeof rate === 'number' ? rate : rate.base;
    if (typeof rate !== 'number') for (const { start } of rate.tiers) above = Math.min(above, start);
  }
  return {
    prices,
    ...(Number.isFinite(above) && { aboveInputTokens: above }),
    ...(perRequest > 0 && { perRequest }),
  };
}

import type { Cost } from '../model/cost.ts';
import type { Usage } from '../model/usage.ts';
import { type ClassRate, parentsAmong, type Rates, TOKEN_CLASSES } from './rates.ts';

/** One product of a calculation: a number of tokens times a price. */
export interface CostLine {
  /** Class of tokens as in `Usage`, such as `cacheReadTokens`, or `requests`. Each token is part of one line. */
  readonly name: string;
  readonly direction: 'input' | 'output' | 'request';
  /** Number of tokens, or of requests. */
  readonly count: number;
  /** Dollars per million tokens, or dollars per request, at the standard service tier. */
  readonly price: number;
  readonly usd: number;
}

/** A cost and how it was calculated. The costs of the lines add up to the total exactly. */
export interface Calculation extends Cost {
  readonly lines: readonly CostLine[];
  /** Factor of the service tier, which is part of the cost of each line. */
  readonly factor: number;
  /** The prices for long prompts were used, because the input exceeds this number of tokens. */
  readonly aboveInputTokens?: number | undefined;
  /** The model in the price table, or the pattern of the price that the project has set. */
  readonly pricedModel: string;
  /** Who sells the model at this price. Undefined if a price of the project is for any provider. */
  readonly seller?: string | undefined;
  readonly inputUsd: number;
  readonly outputUsd: number;
  readonly byClass: Readonly<Record<string, number>>;
}

/** Rates with what a calculation says about their origin. */
export interface PricedRates {
  readonly rates: Rates;
  readonly source: string;
  readonly pricedModel: string;
  readonly seller?: string | undefined;
}

/** Costs are stored with twelve decimals. Each line is rounded to them, so that the sum is exact. */
const PER_DOLLAR = 1e12;
/** One token at one dollar per million. */
const PER_TOKEN = PER_DOLLAR / 1e6;

/**
 * Charges each token once, at the rate of its narrowest class. If the input exceeds the start of a tier, the rate of the
 * tier applies to all tokens of the call. Parts that are larger than their total are reduced to it.
 */
export function calculateCost(priced: PricedRates, usage: Usage, factor: number): Calculation {
  const { rates, source, pricedModel, seller } = priced;
  const inputTokens = usage.inputTokens ?? 0;
  const counts = countOnce(rates.classes, usage);
  const lines: CostLine[] = [];
  const byClass: Record<string, number> = {};
  let input = 0;
  let output = 0;
  let above = 0;
  for (let index = 0; index < counts.length; index++) {
    const count = counts[index] ?? 0;
    if (count === 0) continue;
    const { at, rate } = rates.classes[index] as ClassRate;
    let price: number;
    if (typeof rate === 'number') price = rate;
    else {
      price = rate.base;
      for (const tier of rate.tiers) {
        if (inputTokens <= tier.start) continue;
        price = tier.price;
        if (tier.start > above) above = tier.start;
      }
    }
    const part = Math.round(count * price * factor * PER_TOKEN);
    if (at.direction === 'input') input += part;
    else output += part;
    const usd = part / PER_DOLLAR;
    byClass[at.name] = usd;
    lines.push({ name: at.name, direction: at.direction, count, price, usd });
  }
  let requests = 0;
  if (rates.perRequest > 0) {
    requests = Math.round(rates.perRequest * factor * PER_DOLLAR);
    const usd = requests / PER_DOLLAR;
    byClass.requests = usd;
    lines.push({ name: 'requests', direction: 'request', count: 1, price: rates.perRequest, usd });
  }
  return {
    usd: (input + output + requests) / PER_DOLLAR,
    inputUsd: input / PER_DOLLAR,
    outputUsd: output / PER_DOLLAR,
    byClass,
    source,
    lines,
    factor,
    pricedModel,
    seller,
    aboveInputTokens: above > 0 ? above : undefined,
  };
}

/** Adds costs exactly, as {@link calculateCost} does. */
export function addCosts(costs: readonly number[]): number {
  return costs.reduce((sum, usd) => sum + Math.round(usd * PER_DOLLAR), 0) / PER_DOLLAR;
}

/** The number of tokens that each class is charged for. Each token is charged once, in its narrowest class. */
function countOnce(classes: readonly Omit<ClassRate, 'rate'>[], usage: Usage): number[] {
  const left = classes.map(({ at }) => at.tokens(usage) ?? 0);
  for (let index = 0; index < left.length; index++) {
    const { parents } = classes[index] as ClassRate;
    let tokens = Math.max(0, left[index] ?? 0);
    for (const parent of parents) tokens = Math.min(tokens, Math.max(0, left[parent] ?? 0));
    for (const parent of parents) left[parent] = (left[parent] ?? 0) - tokens;
    left[index] = tokens;
  }
  return left;
}

/**
 * The lines of a stored cost whose price may have changed since: the price of a line is its cost divided by its tokens,
 * including the factor of a service tier. Undefined if the parts do not have the names of our classes or do not add up.
 */
export function linesOfCost(
  usage: Usage,
  { usd, byClass = {} }: Pick<Cost, 'usd' | 'byClass'>,
): readonly CostLine[] | undefined {
  const priced = TOKEN_CLASSES.filter(({ name }) => Object.hasOwn(byClass, name));
  const classes = priced.map((at) => ({ at, parents: parentsAmong(priced, at) }));
  const counts = countOnce(classes, usage);
  const lines = priced.map(({ name, direction }, index): CostLine => {
    const count = counts[index] ?? 0;
    const cost = byClass[name] ?? 0;
    return { name, direction, count, price: Number(((cost / count) * 1e6).toPrecision(9)), usd: cost };
  });
  const { requests } = byClass;
  if (requests !== undefined)
    lines.push({ name: 'requests', direction: 'request', count: 1, price: requests, usd: requests });
  const isComplete = lines.length === Object.keys(byClass).length && lines.every(({ count }) => count > 0);
  return isComplete && addCosts(lines.map((line) => line.usd)) === usd ? lines : undefined;
}

import { type Cost, MAX_COST_USD } from '../model/cost.ts';
import { COUNTED_KINDS, type SpanKind } from '../model/kind.ts';
import type { SpanFacts } from '../model/span.ts';
import type { Calculation } from './calculate-cost.ts';
import { type PriceUsage, priceCall } from './pricing.ts';
import type { ProjectPrices } from './project-prices.ts';

/** The facts that the cost of a call depends on. */
export type PricedFacts = Pick<
  SpanFacts,
  'kind' | 'usage' | 'provider' | 'model' | 'responseModel' | 'requestModel' | 'serviceTier'
>;

/**
 * Kinds whose usage has a cost. Agents and chains report the sum of the calls below them, which counts only if no call is
 * below them.
 */
export const PRICED_KINDS: ReadonlySet<SpanKind> = new Set([...COUNTED_KINDS, 'agent', 'chain']);

/**
 * Returns the reported cost, otherwise the calculated one. Many clients report 0 if they do not know the price, so that 0 is
 * used only if the name of the model says that it is free. A cost above {@link MAX_COST_USD} is not used.
 */
export function costOfCall(
  facts: PricedFacts,
  reported: Cost | undefined,
  timeMs: number,
  price: PriceUsage,
  own: ProjectPrices | undefined,
): Cost | undefined {
  if (reported !== undefined && reported.usd > 0 && isStorable(reported)) return reported;
  const calculated = calculationOfCall(facts, timeMs, price, own);
  if (calculated !== undefined) return isStorable(calculated) ? toCost(calculated) : undefined;
  const { inputTokens = 0, outputTokens = 0 } = facts.usage ?? {};
  const isFree = inputTokens + outputTokens === 0 || facts.model?.endsWith(':free') === true;
  return isFree && reported?.usd === 0 ? reported : undefined;
}

export const isStorable = ({ usd }: Pick<Cost, 'usd'>): boolean => usd <= MAX_COST_USD;

/** How the cost of a call is calculated. Undefined if it has no tokens or no known price. */
export function calculationOfCall(
  { kind, usage, provider, responseModel, requestModel, serviceTier }: PricedFacts,
  timeMs: number,
  price: PriceUsage,
  own: ProjectPrices | undefined,
): Calculation | undefined {
  if (usage === undefined || !PRICED_KINDS.has(kind)) return undefined;
  return priceCall(price, { provider, responseModel, requestModel, usage, timeMs, serviceTier }, own);
}

function toCost({ usd, inputUsd, outputUsd, byClass, source }: Calculation): Cost {
  return { usd, inputUsd, outputUsd, byClass, source };
}

import { type Cost, MAX_COST_USD } from '../model/cost.ts';
import { type CostLine, linesOfCost } from './calculate-cost.ts';
import { calculationOfCall, isStorable, PRICED_KINDS, type PricedFacts } from './cost-of-call.ts';
import { formatCalculation } from './format-calculation.ts';
import { createPricer } from './pricing.ts';
import { PROJECT_PRICE_SOURCE, type ProjectPrices } from './project-prices.ts';
import { isStandardTier } from './service-tiers.ts';

/** How the stored cost of a call came about, and what it would be with the prices of today. */
export interface ExplainedCost {
  /** The calculation as text, or why there is no cost. */
  readonly text: string;
  /** Empty if there is no cost or if it was reported. The costs of the lines add up to the stored cost exactly. */
  readonly lines: readonly CostLine[];
  /** Factor of the service tier. It is part of the prices of the lines if the prices have changed since. */
  readonly factor: number;
  readonly serviceTier?: string;
  readonly aboveInputTokens?: number;
  /** The model in the price table or the pattern of the project's price. Undefined if the price has changed since. */
  readonly pricedModel?: string;
  readonly seller?: string;
  /** Whether the prices of today give the same cost. True for reported costs, which no price changes. */
  readonly isCurrent: boolean;
  /** The cost by the prices of today. Undefined if they give none. */
  readonly currentUsd?: number;
}

const price = createPricer();

const TOO_LARGE = `The price gives more than $${MAX_COST_USD.toLocaleString('en-US')}, the largest cost of a call. The number of tokens or the price is probably wrong.`;

/** Undefined if the span is not a call with tokens and has no cost. */
export function explainCost(
  facts: PricedFacts,
  stored: Cost | undefined,
  timeMs: number,
  own: ProjectPrices | undefined,
): ExplainedCost | undefined {
  const { usage, serviceTier } = facts;
  const calculated = calculationOfCall(facts, timeMs, price, own);
  const current = calculated && isStorable(calculated) ? calculated : undefined;
  const now = {
    factor: current?.factor ?? 1,
    ...(serviceTier !== undefined && { serviceTier }),
    ...(current && { currentUsd: current.usd }),
  };
  if (stored === undefined) {
    const { inputTokens = 0, outputTokens = 0 } = usage ?? {};
    if (!PRICED_KINDS.has(facts.kind) || inputTokens + outputTokens === 0) return undefined;
    const text = current
      ? 'No price was known when this call was stored.'
      : calculated
        ? TOO_LARGE
        : reasonOfMissingPrice(facts, timeMs, own);
    return { ...now, text, lines: [], isCurrent: current === undefined };
  }
  if (stored.source === 'reported')
    return { ...now, text: 'Reported by the client or provider.', lines: [], isCurrent: true };
  if (current !== undefined && isSameCost(current.usd, stored.usd) && isOwn(current) === isOwn(stored)) {
    const { lines, aboveInputTokens, pricedModel, seller } = current;
    return {
      ...now,
      text: formatCalculation(current, serviceTier),
      lines,
      ...(aboveInputTokens !== undefined && { aboveInputTokens }),
      pricedModel,
      ...(seller !== undefined && { seller }),
      isCurrent: true,
    };
  }
  const lines = linesOfCost(usage ?? {}, stored) ?? [];
  const isCurrent = current !== undefined && isSameCost(current.usd, stored.usd);
  return {
    ...now,
    factor: 1,
    text: formatCalculation({ lines, usd: stored.usd, factor: 1 }),
    lines,
    isCurrent,
  };
}

/**
 * Whether two costs differ at most by their rounding. Earlier versions rounded the sum, which can differ from the sum of
 * rounded lines in the last of twelve decimals.
 */
export function isSameCost(a: number, b: number): boolean {
  return Math.abs(a - b) < 5e-12;
}

const isOwn = ({ source }: Pick<Cost, 'source'>): boolean => source.startsWith(PROJECT_PRICE_SOURCE);

function reasonOfMissingPrice(facts: PricedFacts, timeMs: number, own: ProjectPrices | undefined): string {
  const { serviceTier, model } = facts;
  const named = model === undefined ? 'a call without a model' : `the model ${model}`;
  const standard = { ...facts, serviceTier: 'standard' };
  if (!isStandardTier(serviceTier) && calculationOfCall(standard, timeMs, price, own) !== undefined)
    return `The price of the service tier "${serviceTier}" is not known for ${named}.`;
  return `The price of ${named} is not known.`;
}

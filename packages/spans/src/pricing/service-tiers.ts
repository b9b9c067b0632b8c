/*
 * Price factors of service tiers. Price tables contain the standard tier only. An unknown tier has no factor, so that the
 * call has no cost instead of a wrong one.
 * Sources: price pages of OpenAI, Anthropic, Google, Groq and Amazon Bedrock, November 2026.
 */

const STANDARD = new Set([
  '',
  'default',
  'standard',
  'auto',
  'on_demand',
  'on-demand',
  'standard_only',
  'performance_default',
]);

/** The name of a tier in one spelling: without the prefixes of Google and in lower case. */
export function tierName(tier: string): string {
  return tier
    .trim()
    .toLowerCase()
    .replace(/^service_tier_|^on_demand_/, '');
}

/** Whether the price of this tier is the one in price lists. */
export function isStandardTier(tier: string | undefined): boolean {
  return tier === undefined || STANDARD.has(tierName(tier));
}

/** Half the price applies to all classes of tokens. */
const HALF_PRICE: Readonly<Record<string, readonly string[]>> = {
  batch: ['openai', 'azure', 'anthropic', 'google', 'aws', 'mistral', 'groq'],
  flex: ['openai', 'azure', 'google', 'aws'],
};

/** OpenAI's price of `priority` divided by the standard price. */
const OPENAI_PRIORITY: ReadonlyMap<string, number> = new Map([
  ['gpt-4.1', 1.75],
  ['gpt-4.1-mini', 1.75],
  ['gpt-4.1-nano', 2],
  ['gpt-4o', 1.7],
  ['gpt-4o-mini', 0.25 / 0.15],
  ['gpt-5', 2],
  ['gpt-5-mini', 1.8],
  ['gpt-5-codex', 2],
  ['gpt-5.1', 2],
  ['gpt-5.1-codex', 2],
  ['gpt-5.2', 2],
  ['o3', 1.75],
  ['o4-mini', 2 / 1.1],
]);

/** Claude's fast mode. */
const ANTHROPIC_FAST: ReadonlyMap<string, number> = new Map([['claude-opus-4-6', 6]]);

/**
 * Returns the factor by which the standard price is multiplied. Undefined if the price of the tier is not known.
 *
 * @param provider id of the provider in the price table
 * @param model name without region and date
 */
export function tierFactor(tier: string | undefined, provider: string, model: string): number | undefined {
  if (tier === undefined || isStandardTier(tier)) return 1;
  const name = tierName(tier);
  if (HALF_PRICE[name]?.includes(provider)) return 0.5;
  // Groq's flex tier has the standard price.
  if (name === 'flex' && provider === 'groq') return 1;
  if (name === 'priority' && provider === 'aws') return 1.75;
  if (name === 'priority' && (provider === 'openai' || provider === 'azure'))
    return OPENAI_PRIORITY.get(model.toLowerCase());
  if (name === 'fast' && provider === 'anthropic') return ANTHROPIC_FAST.get(model.toLowerCase());
  return undefined;
}

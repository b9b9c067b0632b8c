import type { ModelPrice, TieredPrices } from '@pydantic/genai-prices';
import { BoundedCache } from '../memory/bounded-cache.ts';
import type { Cost } from '../model/cost.ts';
import type { Usage } from '../model/usage.ts';
import { type FoundPrice, findPrice } from './find-price.ts';
import { tierFactor } from './service-tiers.ts';

/** Name and version of the price table. A test compares the version with the installed package. */
export const PRICE_SOURCE = 'genai-prices@0.1.8';

/** Model names come from clients, so the cache is bounded in bytes. */
const CACHE_BYTES = 2 << 20;
/** Estimated size of the rates of one model. */
const RATES_BYTES = 500;
const MAX_NAME_LENGTH = 256;
/** Provider, model and day. */
const MAX_KEY_LENGTH = 2 * MAX_NAME_LENGTH + 10;
const DAY_MS = 86_400_000;

export type PriceUsage = (
  provider: string | undefined,
  model: string,
  usage: Usage,
  timeMs: number,
  /** Service tier of the call, such as `flex`. Undefined for the standard tier. */
  tier?: string,
) => Cost | undefined;

type Direction = 'input' | 'output';

/** A class of tokens that may have its own rate. `within` lists the classes that include it, narrowest first. */
interface TokenClass {
  readonly priceKey: string;
  readonly name: string;
  readonly direction: Direction;
  readonly within: readonly string[];
  readonly tokens: (usage: Usage) => number | undefined;
}

const detail = (name: string) => (usage: Usage) => usage.details?.[name];

/** Narrow classes come first, so that their tokens are subtracted from the classes that include them. */
const CLASSES: readonly TokenClass[] = [
  row('cache_audio_read_mtok', 'cache_audio_read', 'input', [
    'cache_read_mtok',
    'input_audio_mtok',
    'input_mtok',
  ]),
  row('cache_image_read_mtok', 'cache_image_read', 'input', [
    'cache_read_mtok',
    'input_image_mtok',
    'input_mtok',
  ]),
  row('cache_write_1h_mtok', 'cache_write_1h', 'input', ['cache_write_mtok', 'input_mtok']),
  row('cache_write_5m_mtok', 'cache_write_5m', 'input', ['cache_write_mtok', 'input_mtok']),
  row('cache_read_mtok', 'cacheReadTokens', 'input', ['input_mtok'], (usage) => usage.cacheReadTokens),
  row('cache_write_mtok', 'cacheWriteTokens', 'input', ['input_mtok'], (usage) => usage.cacheWriteTokens),
  row('input_audio_mtok', 'audioInputTokens', 'input', ['input_mtok'], (usage) => usage.audioInputTokens),
  row('input_image_mtok', 'image_input', 'input', ['input_mtok']),
  row('input_video_mtok', 'video_input', 'input', ['input_mtok']),
  row(
    'output_audio_mtok',
    'audioOutputTokens',
    'output',
    ['output_mtok'],
    (usage) => usage.audioOutputTokens,
  ),
  row('output_image_mtok', 'image_output', 'output', ['output_mtok']),
  row(
    'output_reasoning_mtok',
    'reasoningTokens',
    'output',
    ['output_mtok'],
    (usage) => usage.reasoningTokens,
  ),
  row('input_mtok', 'inputTokens', 'input', [], (usage) => usage.inputTokens),
  row('output_mtok', 'outputTokens', 'output', [], (usage) => usage.outputTokens),
];

function row(
  priceKey: string,
  name: string,
  direction: Direction,
  within: readonly string[],
  tokens: (usage: Usage) => number | undefined = detail(name),
): TokenClass {
  return { priceKey, name, direction, within, tokens };
}

/** Rates of one model. `parents` are indexes in the same list. */
interface Rates {
  readonly classes: readonly {
    readonly at: TokenClass;
    readonly rate: Rate;
    readonly parents: readonly number[];
  }[];
  /** Dollars per call. */
  readonly perRequest: number;
}

/** Rates, who sells the model at them, and the name of the model without region and date. */
interface ResolvedRates {
  readonly rates: Rates;
  readonly seller: string;
  readonly name: string;
}

/** Dollars per million tokens. */
type Rate =
  | number
  | { readonly base: number; readonly tiers: readonly { readonly start: number; readonly price: number }[] };

/**
 * Creates a function that calculates prices. It caches rates, because a lookup takes 16 µs and a calculation less than
 * one. The function returns undefined for unknown models, models without a price per token, and calls without tokens.
 */
export function createPricer(): PriceUsage {
  const ratesByKey = new BoundedCache<ResolvedRates | 'unknown' | 'varies'>({
    maxBytes: CACHE_BYTES,
    maxKeyLength: MAX_KEY_LENGTH,
  });
  return (provider, model, usage, timeMs, tier) => {
    if (usage.inputTokens === undefined && usage.outputTokens === undefined) return undefined;
    if (model.length > MAX_NAME_LENGTH || (provider?.length ?? 0) > MAX_NAME_LENGTH) return undefined;
    const key = `${provider ?? ''}\n${model}\n${Math.floor(timeMs / DAY_MS)}`;
    let rates = ratesByKey.get(key);
    if (rates === undefined) {
      rates = resolveRates(provider, model, timeMs);
      ratesByKey.set(key, rates, RATES_BYTES);
    }
    if (rates === 'varies') rates = ratesAt(provider, model, timeMs) ?? 'unknown';
    if (typeof rates === 'string') return undefined;
    const factor = tierFactor(tier, rates.seller, rates.name);
    if (factor === undefined) return undefined;
    const cost = priceUsage(rates.rates, usage);
    return factor === 1 ? cost : scaled(cost, factor);
  };
}

function resolveRates(
  provider: string | undefined,
  model: string,
  timeMs: number,
): ResolvedRates | 'unknown' | 'varies' {
  const found = findPrice(provider, model, new Date(timeMs));
  if (found === undefined) return 'unknown';
  const { prices } = found.model;
  const varies = Array.isArray(prices) && prices.some((price) => price.constraint?.type === 'time_of_date');
  return varies ? 'varies' : (resolved(found) ?? 'unknown');
}

function ratesAt(provider: string | undefined, model: string, timeMs: number): ResolvedRates | undefined {
  const found = findPrice(provider, model, new Date(timeMs));
  return found === undefined ? undefined : resolved(found);
}

function resolved(found: FoundPrice): ResolvedRates | undefined {
  const rates = compile(found.price);
  return rates && { rates, seller: found.seller, name: found.name };
}

function compile(price: ModelPrice): Rates | undefined {
  const priced = CLASSES.filter(({ priceKey }) => price[priceKey] !== undefined);
  if (!priced.some(({ within }) => within.length === 0)) return undefined;
  return {
    classes: priced.map((at) => ({
      at,
      rate: price[at.priceKey] as number | TieredPrices,
      parents: at.within
        .map((key) => priced.findIndex(({ priceKey }) => priceKey === key))
        .filter((index) => index >= 0),
    })),
    perRequest: typeof price.requests_kcount === 'number' ? price.requests_kcount / 1000 : 0,
  };
}

/**
 * Charges each token once, at the rate of its narrowest class. If the input exceeds the start of a tier, the rate of the
 * tier applies to all tokens of the call. Parts that are larger than their total are reduced to it.
 */
function priceUsage(rates: Rates, usage: Usage): Cost {
  const tierTokens = usage.inputTokens ?? 0;
  const left = rates.classes.map(({ at }) => at.tokens(usage) ?? 0);
  const byClass: Record<string, number> = {};
  const usd = { input: 0, output: 0 };
  for (let index = 0; index < left.length; index++) {
    const { at, rate, parents } = rates.classes[index] as Rates['classes'][number];
    let tokens = left[index] ?? 0;
    for (const parent of parents) tokens = Math.min(tokens, Math.max(0, left[parent] ?? 0));
    if (tokens <= 0) continue;
    for (const parent of parents) left[parent] = (left[parent] ?? 0) - tokens;
    const cost = (tokens * rateAt(rate, tierTokens)) / 1e6;
    byClass[at.name] = cost;
    usd[at.direction] += cost;
  }
  if (rates.perRequest > 0) byClass.requests = rates.perRequest;
  return {
    usd: usd.input + usd.output + rates.perRequest,
    inputUsd: usd.input,
    outputUsd: usd.output,
    byClass,
    source: PRICE_SOURCE,
  };
}

function scaled(cost: Cost, factor: number): Cost {
  const byClass: Record<string, number> = {};
  for (const [name, usd] of Object.entries(cost.byClass ?? {})) byClass[name] = usd * factor;
  return {
    ...cost,
    usd: cost.usd * factor,
    inputUsd: (cost.inputUsd ?? 0) * factor,
    outputUsd: (cost.outputUsd ?? 0) * factor,
    byClass,
  };
}

function rateAt(rate: Rate, tierTokens: number): number {
  if (typeof rate === 'number') return rate;
  let price = rate.base;
  for (const tier of rate.tiers) if (tierTokens > tier.start) price = tier.price;
  return price;
}

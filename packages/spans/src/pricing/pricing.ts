import { BoundedCache } from '../memory/bounded-cache.ts';
import type { Usage } from '../model/usage.ts';
import { type Calculation, calculateCost, type PricedRates } from './calculate-cost.ts';
import { type FoundPrice, findPrice } from './find-price.ts';
import type { ProjectPrices } from './project-prices.ts';
import { ratesOfTable } from './rates.ts';
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
) => Calculation | undefined;

/** What the price of a call depends on. */
export interface PricedCall {
  readonly provider?: string | undefined;
  readonly responseModel?: string | undefined;
  readonly requestModel?: string | undefined;
  readonly usage: Usage;
  /** Start of the call, milliseconds since 1970. */
  readonly timeMs: number;
  readonly serviceTier?: string | undefined;
}

/**
 * Calculates the cost of a call: with the prices of its project, otherwise with the price table. The model that answered is
 * tried before the requested one. Undefined if the price is not known.
 */
export function priceCall(
  price: PriceUsage,
  call: PricedCall,
  own: ProjectPrices | undefined,
): Calculation | undefined {
  const { provider, responseModel, requestModel, usage, timeMs, serviceTier } = call;
  if (own !== undefined && hasTokens(usage)) {
    const found =
      (responseModel === undefined ? undefined : own.find(provider, responseModel, timeMs)) ??
      (requestModel === undefined ? undefined : own.find(provider, requestModel, timeMs));
    if (found !== undefined) {
      const factor = found.factorOf(serviceTier);
      return factor === undefined ? undefined : calculateCost(found, usage, factor);
    }
  }
  return (
    (responseModel === undefined ? undefined : price(provider, responseModel, usage, timeMs, serviceTier)) ??
    (requestModel === undefined || requestModel === responseModel
      ? undefined
      : price(provider, requestModel, usage, timeMs, serviceTier))
  );
}

/** Rates, who sells the model at them, and the name of the model without region and date. */
interface ResolvedRates extends PricedRates {
  readonly seller: string;
  readonly name: string;
}

/**
 * Creates a function that calculates prices by the price table. It caches rates, because a lookup takes 16 µs and a
 * calculation less than one. The function returns undefined for unknown models, models without a price per token, and calls
 * without tokens.
 */
export function createPricer(): PriceUsage {
  const ratesByKey = new BoundedCache<ResolvedRates | 'unknown' | 'varies'>({
    maxBytes: CACHE_BYTES,
    maxKeyLength: MAX_KEY_LENGTH,
  });
  return (provider, model, usage, timeMs, tier) => {
    if (!hasTokens(usage)) return undefined;
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
    if (lacksAudio(rates, usage)) return undefined;
    return factor === undefined ? undefined : calculateCost(rates, usage, factor);
  };
}

/** OpenAI sells audio at many times the price of text. Without a price for it, the cost of such a call is not known. */
function lacksAudio(
  { rates, name, seller }: ResolvedRates,
  { audioInputTokens = 0, audioOutputTokens = 0 }: Usage,
) {
  if (audioInputTokens + audioOutputTokens === 0 || !OPENAI_SELLERS.has(seller) || !OPENAI_MODEL.test(name))
    return false;
  const has = (key: string) => rates.classes.some(({ at }) => at.priceKey === key);
  return (
    (audioInputTokens > 0 && !has('input_audio_mtok')) || (audioOutputTokens > 0 && !has('output_audio_mtok'))
  );
}

const OPENAI_SELLERS = new Set(['openai', 'azure', 'openrouter']);
const OPENAI_MODEL = /^(?:gpt-|o\d|chatgpt)/i;

function hasTokens(usage: Usage): boolean {
  return usage.inputTokens !== undefined || usage.outputTokens !== undefined;
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
  const { price, seller, name, model } = found;
  const rates = ratesOfTable(price);
  return rates && { rates, seller, name, source: PRICE_SOURCE, pricedModel: model.id };
}

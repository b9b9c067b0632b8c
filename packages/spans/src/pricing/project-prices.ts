import { BoundedCache } from '../memory/bounded-cache.ts';
import type { PricedRates } from './calculate-cost.ts';
import { parseModelName, withoutDate } from './model-names.ts';
import { compilePattern } from './name-pattern.ts';
import { canonicalProvider } from './providers.ts';
import { compileRates, type Rate, type Rates } from './rates.ts';
import { isStandardTier, tierName } from './service-tiers.ts';

/** Dollars per million tokens. A class without a price is charged as the class that includes it. */
export interface TokenPrices {
  readonly input: number;
  readonly output: number;
  /** Input that was read from the provider's cache. */
  readonly cachedInput?: number;
  /** Input that was written to the cache, for five minutes unless `cacheWrite1h` has a price and the call says so. */
  readonly cacheWrite?: number;
  readonly cacheWrite1h?: number;
  readonly reasoning?: number;
  readonly audioInput?: number;
  readonly audioOutput?: number;
}

/** Prices that apply to the whole call if its input exceeds a number of tokens. */
export interface PromptTier extends Partial<TokenPrices> {
  readonly aboveInputTokens: number;
}

/** A price that a project has set itself. */
export interface ProjectPrice {
  readonly id: string;
  /** Number of the change: 1 for a price that was not changed since it was created. */
  readonly revision: number;
  /** A model name; `*` stands for any characters. */
  readonly model: string;
  /** Only for calls of this provider. */
  readonly provider?: string;
  /** Range of the start of calls, in milliseconds since 1970: inclusive, exclusive. */
  readonly fromMs?: number;
  readonly toMs?: number;
  readonly prices: TokenPrices;
  readonly tiers: readonly PromptTier[];
  /** Factor of the price by service tier, such as `batch`. Other tiers than the standard have no price. */
  readonly serviceTiers: Readonly<Record<string, number>>;
  /** Dollars per call. */
  readonly perRequest?: number;
}

export const TOKEN_PRICE_NAMES = [
  'input',
  'cachedInput',
  'cacheWrite',
  'cacheWrite1h',
  'output',
  'reasoning',
  'audioInput',
  'audioOutput',
] as const satisfies readonly (keyof TokenPrices)[];

/** Key of each class in the price table → its name in the prices of a project. */
export const NAME_OF_KEY: Readonly<Record<string, keyof TokenPrices>> = {
  input_mtok: 'input',
  cache_read_mtok: 'cachedInput',
  cache_write_mtok: 'cacheWrite',
  cache_write_1h_mtok: 'cacheWrite1h',
  output_mtok: 'output',
  output_reasoning_mtok: 'reasoning',
  input_audio_mtok: 'audioInput',
  output_audio_mtok: 'audioOutput',
};

/** A price of a project that applies to a call. */
export interface MatchedPrice extends PricedRates {
  readonly price: ProjectPrice;
  /** The factor of a service tier. Undefined if its price is not known. */
  readonly factorOf: (tier: string | undefined) => number | undefined;
}

/** The prices of one project, ready to be applied. */
export interface ProjectPrices {
  /** The price of a model at a time. The most specific one wins: see {@link createProjectPrices}. */
  find(provider: string | undefined, model: string, timeMs: number): MatchedPrice | undefined;
}

const CACHE_BYTES = 256 << 10;
const MAX_NAME_LENGTH = 256;

/**
 * Prepares prices. If several apply to a call, names without `*` win over patterns, then longer ones over shorter ones, then
 * prices of a provider over those of any, and then the one with the later start.
 *
 * A name matches as it was sent, and without gateways, regions and dates: `gpt-4o` is also the price of
 * `azure/gpt-4o-2024-11-20`. Case is ignored.
 */
export function createProjectPrices(prices: readonly ProjectPrice[]): ProjectPrices {
  const groups = groupByPattern(prices.map(prepare).sort(bySpecificity));
  const cache = new BoundedCache<readonly Prepared[]>({
    maxBytes: CACHE_BYTES,
    maxKeyLength: 2 * MAX_NAME_LENGTH + 1,
  });
  const matching = (provider: string | undefined, model: string): readonly Prepared[] => {
    const key = `${provider ?? ''}\n${model}`;
    const known = cache.get(key);
    if (known !== undefined) return known;
    const names = namesOf(model);
    const seller = provider === undefined ? undefined : canonicalProvider(provider).toLowerCase();
    const found = groups
      .filter(({ matches }) => names.some(matches))
      .flatMap((group) => group.prices)
      .filter(({ sellerKey }) => sellerKey === undefined || sellerKey === seller)
      .sort(bySpecificity);
    cache.set(key, found, found.length * 8);
    return found;
  };
  return {
    find(provider, model, timeMs) {
      if (model.length > MAX_NAME_LENGTH || (provider?.length ?? 0) > MAX_NAME_LENGTH) return undefined;
      return matching(provider, model).find(
        ({ price: { fromMs = Number.NEGATIVE_INFINITY, toMs = Number.POSITIVE_INFINITY } }) =>
          timeMs >= fromMs && timeMs < toMs,
      );
    },
  };
}

/** The source that is stored with costs: `project-price:<id>@<revision>`. */
export const PROJECT_PRICE_SOURCE = 'project-price:';

interface Prepared extends MatchedPrice {
  readonly pattern: string;
  /** Number of characters in the pattern other than `*`. */
  readonly literals: number;
  /** The provider of the price in one spelling. */
  readonly sellerKey: string | undefined;
}

function prepare(price: ProjectPrice): Prepared {
  const factors = new Map(
    Object.entries(price.serviceTiers).map(([tier, factor]) => [tierName(tier), factor]),
  );
  const pattern = price.model.trim().toLowerCase();
  return {
    price,
    pattern,
    literals: pattern.replaceAll('*', '').length,
    seller: price.provider,
    sellerKey: price.provider === undefined ? undefined : canonicalProvider(price.provider).toLowerCase(),
    rates: ratesOf(price),
    pricedModel: price.model,
    source: `${PROJECT_PRICE_SOURCE}${price.id}@${price.revision}`,
    factorOf: (tier) => (isStandardTier(tier) ? 1 : factors.get(tierName(tier ?? ''))),
  };
}

interface PatternGroup {
  readonly matches: (name: string) => boolean;
  readonly prices: readonly Prepared[];
}

/** Prices that differ only in their provider or their time share a pattern, which is compared with a name once. */
function groupByPattern(prices: readonly Prepared[]): PatternGroup[] {
  return Array.from(
    Map.groupBy(prices, ({ pattern }) => pattern),
    ([pattern, group]) => ({ matches: compilePattern(pattern), prices: group }),
  );
}

function ratesOf({ prices, tiers, perRequest = 0 }: ProjectPrice): Rates {
  const ascending = tiers.toSorted((a, b) => a.aboveInputTokens - b.aboveInputTokens);
  const rateOf = (key: string): Rate | undefined => {
    const name = NAME_OF_KEY[key];
    const base = name && prices[name];
    if (name === undefined || base === undefined) return undefined;
    const own = ascending.flatMap((tier) => {
      const price = tier[name];
      return price === undefined ? [] : [{ start: tier.aboveInputTokens, price }];
    });
    return own.length === 0 ? base : { base, tiers: own };
  };
  // There is always a price for input and output.
  return compileRates(rateOf, perRequest) as Rates;
}

function bySpecificity(a: Prepared, b: Prepared): number {
  const isPattern = (each: Prepared) => Number(each.pattern.includes('*'));
  const start = ({ price }: Prepared) => price.fromMs ?? Number.NEGATIVE_INFINITY;
  return (
    isPattern(a) - isPattern(b) ||
    b.literals - a.literals ||
    Number(a.seller === undefined) - Number(b.seller === undefined) ||
    Number(start(b) > start(a)) - Number(start(b) < start(a)) ||
    (a.price.id < b.price.id ? -1 : 1)
  );
}

function namesOf(model: string): readonly string[] {
  const { listed, id } = parseModelName(model);
  return [...new Set([model, listed, id, withoutDate(listed), withoutDate(id)])].map((name) =>
    name.trim().toLowerCase(),
  );
}

import type { ModelPrice, TieredPrices } from '@pydantic/genai-prices';
import type { Usage } from '../model/usage.ts';

type Direction = 'input' | 'output';

/** A class of tokens that may have its own rate. `within` lists the classes that include it, narrowest first. */
export interface TokenClass {
  /** Key of the rate in the price table. */
  readonly priceKey: string;
  /** Name of the class in `Usage` or in its details. */
  readonly name: string;
  readonly direction: Direction;
  readonly within: readonly string[];
  readonly tokens: (usage: Usage) => number | undefined;
}

const detail = (name: string) => (usage: Usage) => usage.details?.[name];

/** Narrow classes come first, so that their tokens are subtracted from the classes that include them. */
export const TOKEN_CLASSES: readonly TokenClass[] = [
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

/** Dollars per million tokens. If the input exceeds the start of a tier, the price of the tier applies to the call. */
export type Rate =
  | number
  | { readonly base: number; readonly tiers: readonly { readonly start: number; readonly price: number }[] };

/** A class with its rate. `parents` are the indexes of the classes that include it, in the same list. */
export interface ClassRate {
  readonly at: TokenClass;
  readonly rate: Rate;
  readonly parents: readonly number[];
}

/** Rates of one model. */
export interface Rates {
  readonly classes: readonly ClassRate[];
  /** Dollars per call. */
  readonly perRequest: number;
}

/** Rates by the key of the class in the price table. Undefined if there is no rate per token. */
export function compileRates(
  rateOf: (priceKey: string) => Rate | undefined,
  perRequest: number,
): Rates | undefined {
  const priced = TOKEN_CLASSES.filter(({ priceKey }) => rateOf(priceKey) !== undefined);
  if (!priced.some(({ within }) => within.length === 0)) return undefined;
  return {
    classes: priced.map((at) => ({
      at,
      rate: rateOf(at.priceKey) as Rate,
      parents: parentsAmong(priced, at),
    })),
    perRequest,
  };
}

/** Indexes in `classes` of those that include this one. */
export function parentsAmong(classes: readonly TokenClass[], { within }: TokenClass): readonly number[] {
  return within
    .map((key) => classes.findIndex(({ priceKey }) => priceKey === key))
    .filter((index) => index >= 0);
}

/** The rates of an entry of the price table. */
export function ratesOfTable(price: ModelPrice): Rates | undefined {
  return compileRates(
    (key) => price[key] as number | TieredPrices | undefined,
    typeof price.requests_kcount === 'number' ? price.requests_kcount / 1000 : 0,
  );
}

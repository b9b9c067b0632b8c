import type { ModelPrice, TieredPrices } from '@pydantic/genai-prices';
import { TOKEN_CLASSES } from './rates.ts';

/** Prices of audio that the table lacks, by model. Source: price page of OpenAI, November 2026. */
const AUDIO_PRICES: ReadonlyMap<string, ModelPrice> = new Map([
  ['gpt-4o-audio-preview', { input_audio_mtok: 40, output_audio_mtok: 80 }],
  ['gpt-4o-mini-audio-preview', { input_audio_mtok: 10, output_audio_mtok: 20 }],
]);

/**
 * Adds the classes of tokens that the table lacks. The lists of resellers often have no prices for cached tokens. If a
 * reseller sells input and output at the same multiple of the maker's prices, it sells the other classes at that multiple too.
 */
export function completePrices(
  modelId: string,
  price: ModelPrice,
  ofMaker: ModelPrice | undefined,
): ModelPrice {
  const audio = AUDIO_PRICES.get(modelId);
  const known = audio === undefined ? price : { ...audio, ...price };
  const multiple = ofMaker && multipleOf(price, ofMaker);
  if (multiple === undefined || ofMaker === undefined) return known;
  const isTiered = typeof price.input_mtok !== 'number';
  const added: Record<string, number | TieredPrices> = {};
  for (const { priceKey } of TOKEN_CLASSES) {
    const rate = ofMaker[priceKey] as number | TieredPrices | undefined;
    if (rate === undefined || known[priceKey] !== undefined) continue;
    added[priceKey] = isTiered && typeof rate !== 'number' ? scaled(rate, multiple) : baseOf(rate) * multiple;
  }
  return { ...added, ...known };
}

/** By how much a reseller multiplies the maker's prices. Undefined if it is not the same for input and output. */
function multipleOf(price: ModelPrice, ofMaker: ModelPrice): number | undefined {
  const ratio = (key: 'input_mtok' | 'output_mtok') => baseOf(price[key]) / baseOf(ofMaker[key]);
  const [input, output] = [ratio('input_mtok'), ratio('output_mtok')];
  return input > 0 && Math.abs(input - output) < 1e-9 ? input : undefined;
}

function baseOf(rate: number | TieredPrices | undefined): number {
  return typeof rate === 'object' ? rate.base : (rate ?? Number.NaN);
}

function scaled({ base, tiers }: TieredPrices, multiple: number): TieredPrices {
  return {
    base: base * multiple,
    tiers: tiers.map(({ start, price }) => ({ start, price: price * multiple })),
  };
}

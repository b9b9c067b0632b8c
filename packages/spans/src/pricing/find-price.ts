import { calcPrice, findProvider, type ModelPrice } from '@pydantic/genai-prices';
import { completePrices } from './complete-prices.ts';
import { type ModelName, parseModelName, withoutDate } from './model-names.ts';

/** An entry of the price table. */
export interface FoundPrice {
  readonly price: ModelPrice;
  readonly model: NonNullable<ReturnType<typeof calcPrice>>['model'];
  /** Id of the provider in the price table. */
  readonly seller: string;
  /** Name of the model without region and date. */
  readonly name: string;
}

/** Provider ids of the price table for values of `gen_ai.provider.name` that it does not match itself. */
const PRICE_PROVIDERS: ReadonlyMap<string, string> = new Map([
  ['azure.ai.inference', 'azure'],
  ['azure.ai.openai', 'azure'],
  ['gcp.gen_ai', 'google'],
  ['gcp.gemini', 'google'],
  ['gcp.vertex_ai', 'google'],
  ['gcp.vertex.agent', 'google'],
  ['aws.bedrock', 'aws'],
  ['mistral_ai', 'mistral'],
  ['moonshot_ai', 'moonshotai'],
  ['x_ai', 'x-ai'],
]);

/** Aliases of the newest model whose name without `latest` is a different, old model. */
const MISLEADING_ALIASES: ReadonlySet<string> = new Set(['gemini-pro-latest']);

/** Programs that run models on the user's own machines. Their calls have no price, whatever the model is called. */
const LOCAL =
  /^(?:ollama|lm[_-]?studio|vllm|sglang|llama[._-]?cpp|llamafile|localai|local|transformers|tgi|mlx|gpt4all|xinference|docker|nim)(?:\b|[._-])/i;

/** Makers that sell at the price of a cloud, or clouds that sell at the price of the maker. */
const SAME_PRICE: Readonly<Record<string, readonly string[]>> = {
  azure: ['openai'],
  google: ['anthropic'],
};

/** The provider in the price table that sells a model under the name that its maker gave it. */
const MAKERS: readonly (readonly [name: RegExp, provider: string])[] = [
  [
    /^(?:ft:)?(?:gpt-|o[1-9]|chatgpt|text-embedding-(?:3|ada)|whisper|tts-|codex|computer-use|davinci|babbage)/,
    'openai',
  ],
  [/^claude/, 'anthropic'],
  [/^(?:gemini|text-embedding-00|text-multilingual-embedding)/, 'google'],
  [/^(?:mistral|ministral|codestral|pixtral|magistral|devstral|open-mistral|open-mixtral)/, 'mistral'],
  [/^(?:command|embed-|rerank-|c4ai)/, 'cohere'],
  [/^deepseek-(?:chat|reasoner)/, 'deepseek'],
  [/^grok/, 'x-ai'],
  [/^sonar/, 'perplexity'],
  [/^(?:amazon\.|nova-)/, 'aws'],
  [/^(?:kimi|moonshot)/, 'moonshotai'],
  [/^voyage-/, 'voyageai'],
];

/**
 * Finds the price of a model. The name is tried as it was sent, then without what clouds and gateways add to it. If the
 * provider is not in the price table (a framework or gateway that names itself), the model is priced as its maker sells
 * it. Undefined if the price is not known, or if the name does not tell the model.
 */
export function findPrice(
  provider: string | undefined,
  model: string,
  timestamp: Date,
): FoundPrice | undefined {
  if (provider !== undefined && LOCAL.test(provider)) return undefined;
  const name = parseModelName(model);
  if (name.isOpaque || MISLEADING_ALIASES.has(name.id.toLowerCase())) return undefined;
  const asSold = withoutDate(name.id);
  const tried = new Set<string>();
  for (const [seller, listed] of candidates(provider, model, name)) {
    const key = `${seller ?? ''}\n${listed}`;
    if (tried.has(key)) continue;
    tried.add(key);
    const found = look(seller, listed, timestamp);
    if (found !== null) {
      const { model_price, model: entry, provider: sold } = found;
      const ofMaker = RESELLERS.has(sold.id) ? makerPrice(name, timestamp) : undefined;
      const price = completePrices(entry.id, model_price, ofMaker);
      return { price, model: entry, seller: sold.id, name: asSold };
    }
  }
  return undefined;
}

/** Providers in the price table that sell models of others under names that tell the model. */
const RESELLERS = new Set(['openrouter', 'aws', 'azure']);

/** The price of a model at its maker. */
function makerPrice(name: ModelName, timestamp: Date): ModelPrice | undefined {
  const id = name.id.toLowerCase();
  const maker = MAKERS.find(([pattern]) => pattern.test(id))?.[1];
  // The maker writes `claude-sonnet-4-5`, OpenRouter `claude-sonnet-4.5`.
  for (const each of unique([id, id.replaceAll(/(?<=\d)\.(?=\d)/g, '-')])) {
    const found = maker === undefined ? null : look(maker, each, timestamp);
    if (found !== null) return found.model_price;
  }
  return undefined;
}

type Candidate = readonly [seller: string | undefined, name: string];

function candidates(provider: string | undefined, model: string, name: ModelName): readonly Candidate[] {
  const given = provider === undefined ? undefined : sellerOf(provider);
  const named = name.vendor === undefined ? undefined : sellerOf(name.vendor);
  const isKnown = given !== undefined;
  const list: Candidate[] = provider === undefined || isKnown ? [[given, model]] : [];
  // A free variant must not get the price of the paid one, and other variants have prices of their own.
  if (name.variant !== undefined && name.variant !== 'beta') return list;
  const names = unique([
    name.listed,
    name.id,
    withoutDate(name.listed),
    withoutDate(name.id),
    name.id.toLowerCase(),
  ]);
  const add = (seller: string | undefined) => {
    if (seller !== undefined) for (const each of names) list.push([seller, each]);
  };
  if (isKnown) {
    add(given);
    for (const other of SAME_PRICE[given] ?? []) add(other);
  }
  if (name.isBedrock) list.push(['aws', name.listed]);
  // The vendor in `anthropic/claude-sonnet-4.5` sells the model itself; the provider may be a gateway.
  const isGateway = !isKnown || given === named || GATEWAY_SELLERS.has(given);
  if (isGateway) {
    if (named !== undefined && !name.isBedrock) add(named);
    const maker = MAKERS.find(([pattern]) => pattern.test(name.id.toLowerCase()))?.[1];
    add(maker);
  }
  return list;
}

/** Providers in the price table that only pass calls on to others. */
const GATEWAY_SELLERS = new Set(['openrouter', 'azure', 'google', 'aws', 'openai']);

/** Id of a provider in the price table. Undefined if the table does not contain it. */
function sellerOf(provider: string): string | undefined {
  const known = PRICE_PROVIDERS.get(provider);
  if (known !== undefined) return known;
  try {
    return findProvider({ providerId: provider })?.id;
  } catch {
    return undefined;
  }
}

function look(seller: string | undefined, name: string, timestamp: Date): ReturnType<typeof calcPrice> {
  try {
    return calcPrice({}, name, { timestamp, ...(seller === undefined ? {} : { providerId: seller }) });
  } catch {
    return null;
  }
}

function unique(list: readonly string[]): readonly string[] {
  return [...new Set(list)];
}

import { type EffectivePrice, effectivePrice, type TokenPrices } from '@throughline/spans';

/** An entry of LiteLLM's public price list, `model_prices_and_context_window_backup.json`. Prices are dollars per token. */
export interface ListedModel {
  readonly litellm_provider?: string;
  readonly mode?: string;
  readonly input_cost_per_token?: number;
  readonly output_cost_per_token?: number;
  readonly cache_read_input_token_cost?: number;
  readonly cache_creation_input_token_cost?: number;
  readonly cache_creation_input_token_cost_above_1hr?: number;
  readonly output_cost_per_reasoning_token?: number;
  readonly input_cost_per_audio_token?: number;
  readonly output_cost_per_audio_token?: number;
}

export interface Difference {
  readonly model: string;
  readonly provider: string;
  readonly class: keyof TokenPrices;
  /** Dollars per million tokens. */
  readonly ours: number;
  readonly theirs: number;
}

export interface Comparison {
  readonly same: number;
  readonly differing: number;
  /** Models without a price here, by the provider of the other list. */
  readonly unknown: ReadonlyMap<string, readonly string[]>;
  readonly differences: readonly Difference[];
}

/** Providers whose names in the list differ from `gen_ai.provider.name`. Others are used as they are. */
const PROVIDERS: Readonly<Record<string, string>> = {
  azure: 'azure.ai.openai',
  azure_ai: 'azure.ai.inference',
  bedrock: 'aws.bedrock',
  bedrock_converse: 'aws.bedrock',
  cohere_chat: 'cohere',
  fireworks_ai: 'fireworks',
  gemini: 'gcp.gemini',
  'vertex_ai-anthropic_models': 'gcp.vertex_ai',
  'vertex_ai-language-models': 'gcp.vertex_ai',
  together_ai: 'together',
  voyage: 'voyageai',
  xai: 'x_ai',
};

const CLASSES = {
  input: 'input_cost_per_token',
  output: 'output_cost_per_token',
  cachedInput: 'cache_read_input_token_cost',
  cacheWrite: 'cache_creation_input_token_cost',
  cacheWrite1h: 'cache_creation_input_token_cost_above_1hr',
  reasoning: 'output_cost_per_reasoning_token',
  audioInput: 'input_cost_per_audio_token',
  audioOutput: 'output_cost_per_audio_token',
} as const satisfies Record<keyof TokenPrices, keyof ListedModel>;

/** A class without a price is charged as the class that includes it. */
const INCLUDED_IN: Partial<Record<keyof TokenPrices, keyof TokenPrices>> = {
  cachedInput: 'input',
  cacheWrite: 'input',
  cacheWrite1h: 'cacheWrite',
  reasoning: 'output',
  audioInput: 'input',
  audioOutput: 'output',
};

const TOKEN_MODES = new Set(['chat', 'completion', 'responses', 'embedding', 'rerank']);
/** Prices are rounded in lists, so smaller differences are none. */
const TOLERANCE = 0.005;

/** Compares the prices of Throughline on a day with another list, for the models that both know. */
export function compareLists(list: Readonly<Record<string, ListedModel>>, timeMs: number): Comparison {
  let [same, differing] = [0, 0];
  const unknown = new Map<string, string[]>();
  const differences: Difference[] = [];
  for (const [model, listed] of Object.entries(list)) {
    if (!TOKEN_MODES.has(listed.mode ?? '') || !listed.input_cost_per_token) continue;
    const provider = listed.litellm_provider ?? '';
    const ours = effectivePrice(PROVIDERS[provider] ?? provider, model, timeMs, undefined);
    if (ours === undefined) {
      unknown.set(provider, [...(unknown.get(provider) ?? []), model]);
      continue;
    }
    const found = differencesOf(model, provider, listed, ours);
    differences.push(...found);
    if (found.length === 0) same++;
    else differing++;
  }
  return { same, differing, unknown, differences };
}

function differencesOf(
  model: string,
  provider: string,
  listed: ListedModel,
  { prices }: EffectivePrice,
): Difference[] {
  const classes = Object.keys(CLASSES) as (keyof TokenPrices)[];
  return classes.flatMap((each) => {
    const perToken = listed[CLASSES[each]];
    if (perToken === undefined) return [];
    const theirs = Number((perToken * 1e6).toPrecision(9));
    const ours = priceOf(prices, each);
    const isSame = Math.abs(ours - theirs) <= TOLERANCE * Math.max(ours, theirs);
    return isSame ? [] : [{ model, provider, class: each, ours, theirs }];
  });
}

function priceOf(prices: EffectivePrice['prices'], each: keyof TokenPrices): number {
  const own = prices[each];
  if (own !== undefined) return own;
  const parent = INCLUDED_IN[each];
  return parent === undefined ? 0 : priceOf(prices, parent);
}

import { asNumber, either, isRecord, needing, type Read, text } from '../../attributes/attribute-readers.ts';
import { countOf, type JsonRecord, jsonFields, numberOf, valueAt } from '../../attributes/json-fields.ts';
import type { RawSpan } from '../../model/raw-span.ts';
import type { CachedTokens, ReportedCost } from '../dialect.ts';

/*
 * What providers report beside the counts of the AI SDK, in `ai.response.providerMetadata`: `{anthropic: {usage}}`. The SDK has
 * no fields for cache writes before version 6, and for the lifetimes of cached tokens, service tiers and costs in any version.
 * Source: @ai-sdk/anthropic, @ai-sdk/amazon-bedrock, @ai-sdk/openai, @ai-sdk/google, @ai-sdk/deepseek, @ai-sdk/gateway.
 */
const KEY = 'ai.response.providerMetadata';
const METADATA = jsonFields(KEY);

type Provider = 'anthropic' | 'bedrock' | 'openai' | 'google' | 'deepseek' | 'openrouter' | 'gateway';

/** Names that a provider has in the metadata: applications choose names of their own for gateways to the same API. */
const NAMES: Readonly<Record<Provider, readonly string[]>> = {
  anthropic: ['anthropic', 'vertexAnthropic', 'googleVertexAnthropic'],
  bedrock: ['bedrock', 'amazonBedrock'],
  openai: ['openai', 'azure', 'xai', 'groq'],
  google: ['google', 'vertex', 'googleVertex'],
  deepseek: ['deepseek'],
  openrouter: ['openrouter'],
  gateway: ['gateway'],
};

function pathsOf(provider: Provider, ...paths: readonly string[]): readonly string[] {
  return NAMES[provider].flatMap((name) => paths.map((path) => `${name}.${path}`));
}

const GOOGLE = (name: string) => pathsOf('google', `usageMetadata.${name}`);

export const providerCacheRead = METADATA.count(
  ...pathsOf('anthropic', 'usage.cache_read_input_tokens', 'cacheReadInputTokens'),
  ...pathsOf('bedrock', 'usage.cacheReadInputTokens'),
  ...pathsOf('openai', 'cachedPromptTokens'),
  ...GOOGLE('cachedContentTokenCount'),
  ...pathsOf('deepseek', 'promptCacheHitTokens'),
  ...pathsOf('openrouter', 'usage.promptTokensDetails.cachedTokens'),
);
export const providerCacheWrite = METADATA.count(
  ...pathsOf('anthropic', 'usage.cache_creation_input_tokens', 'cacheCreationInputTokens'),
  ...pathsOf('bedrock', 'usage.cacheWriteInputTokens'),
);
export const providerCacheWrite5m = METADATA.count(
  ...pathsOf('anthropic', 'usage.cache_creation.ephemeral_5m_input_tokens'),
);
export const providerCacheWrite1h = METADATA.count(
  ...pathsOf('anthropic', 'usage.cache_creation.ephemeral_1h_input_tokens'),
);
export const providerReasoning = METADATA.count(
  ...pathsOf('openai', 'reasoningTokens'),
  ...GOOGLE('thoughtsTokenCount'),
  ...pathsOf('openrouter', 'usage.completionTokensDetails.reasoningTokens'),
);

/** Gemini's own counts, because versions 4 and 5 leave the thinking out. */
export const providerInput = sum(
  METADATA.count(...GOOGLE('promptTokenCount')),
  METADATA.count(...GOOGLE('toolUsePromptTokenCount')),
);
export const providerOutput = sum(
  METADATA.count(...GOOGLE('candidatesTokenCount')),
  METADATA.count(...GOOGLE('thoughtsTokenCount')),
);

export const providerTier: Read<string> = either(
  METADATA.text(...pathsOf('openai', 'serviceTier')),
  METADATA.text(...pathsOf('anthropic', 'usage.service_tier')),
  METADATA.text(...GOOGLE('trafficType')),
);

/** The AI Gateway and OpenRouter report what they charge. */
export const providerCost: Read<ReportedCost> = METADATA.object((metadata) => {
  const usd =
    numberOf(valueAt(metadata, 'gateway.cost')) ?? numberOf(valueAt(metadata, 'openrouter.usage.cost'));
  return usd === undefined ? undefined : { usd };
});

function sum(first: Read<number>, second: Read<number>): Read<number> {
  return needing([KEY], (span) => {
    const count = first(span);
    return count === undefined ? undefined : count + (second(span) ?? 0);
  });
}

const PROVIDER = text('ai.model.provider', 'gen_ai.system');
const RAW_INPUT = METADATA.object((metadata) => rawInput(metadata));
const INPUT = ['ai.usage.inputTokens', 'ai.usage.promptTokens'] as const;

/**
 * Whether the input tokens of the SDK include cached tokens. Since version 6 they do. Before, the providers for Anthropic and
 * Bedrock passed on counts that do not. The version is not on the span, but version 6 has details of the input, and the
 * provider's own count shows whether something was added to it.
 */
export function cachedTokens(span: RawSpan): CachedTokens {
  const { attributes } = span;
  if (attributes.has('ai.usage.inputTokenDetails.noCacheTokens')) return 'inside';
  const raw = RAW_INPUT(span);
  const input = INPUT.map((key) => countOf(asNumber(attributes.get(key) ?? null))).find(
    (count) => count !== undefined,
  );
  if (raw !== undefined && input !== undefined) return input > raw ? 'inside' : 'outside';
  if (!/anthropic|bedrock/.test(PROVIDER(span) ?? '')) return 'inside';
  return attributes.has('ai.usage.inputTokenDetails.cacheReadTokens') ? 'inside' : 'outside';
}

function rawInput(metadata: JsonRecord): number | undefined {
  for (const name of NAMES.anthropic) {
    const usage = valueAt(metadata, `${name}.usage`);
    const count = isRecord(usage) ? countOf(usage.input_tokens) : undefined;
    if (count !== undefined) return count;
  }
  return undefined;
}

import { describe, expect, it } from 'vitest';
import { mapFacts } from '../mapping/map-facts.ts';
import { type Plain, type RawSpanSketch, rawSpan } from '../testing/raw-span.ts';

/*
 * Shapes in which clients report the usage of real calls, with the cost worked out by hand: tokens times the prices per million
 * in the public lists of OpenAI, Anthropic, Google, Amazon, Microsoft, Mistral, Cohere, DeepSeek, Groq, xAI, Perplexity, Together,
 * Moonshot, Voyage and OpenRouter. `undefined` means that the cost is not known; a wrong cost is worse than none.
 */
type Attributes = Readonly<Record<string, Plain>>;
type Shape = readonly [name: string, sketch: Attributes | RawSpanSketch, usd: number | undefined];

/** Millionths of a dollar. */
const M = 1e6;

interface Tokens {
  readonly in?: number;
  readonly out?: number;
  readonly read?: number;
  readonly write?: number;
  readonly think?: number;
  readonly audioIn?: number;
  readonly audioOut?: number;
  readonly total?: number;
}

/** Attributes that have a value. */
function given(attributes: Readonly<Record<string, Plain | undefined>>): Attributes {
  return Object.fromEntries(
    Object.entries(attributes).filter((entry): entry is [string, Plain] => entry[1] !== undefined),
  );
}

/** OpenTelemetry's GenAI conventions. */
const otel = (provider: string | undefined, model: string, tokens: Tokens, more: Attributes = {}) => ({
  ...given({
    'gen_ai.operation.name': 'chat',
    'gen_ai.provider.name': provider,
    'gen_ai.request.model': model,
    'gen_ai.usage.input_tokens': tokens.in,
    'gen_ai.usage.output_tokens': tokens.out,
    'gen_ai.usage.cache_read.input_tokens': tokens.read,
    'gen_ai.usage.cache_creation.input_tokens': tokens.write,
    'gen_ai.usage.reasoning.output_tokens': tokens.think,
    'gen_ai.usage.audio.input_tokens': tokens.audioIn,
    'gen_ai.usage.audio.output_tokens': tokens.audioOut,
    'gen_ai.usage.total_tokens': tokens.total,
  }),
  ...more,
});

const embeddings = (provider: string | undefined, model: string, tokens: number) => ({
  ...otel(provider, model, { in: tokens }),
  'gen_ai.operation.name': 'embeddings',
});

/** OpenInference. */
const openInference = (provider: string, model: string, tokens: Tokens, more: Attributes = {}) => ({
  ...given({
    'openinference.span.kind': 'LLM',
    'llm.provider': provider,
    'llm.model_name': model,
    'llm.token_count.prompt': tokens.in,
    'llm.token_count.completion': tokens.out,
    'llm.token_count.total': tokens.total,
    'llm.token_count.prompt_details.cache_read': tokens.read,
    'llm.token_count.prompt_details.cache_write': tokens.write,
    'llm.token_count.prompt_details.audio': tokens.audioIn,
    'llm.token_count.completion_details.reasoning': tokens.think,
    'llm.token_count.completion_details.audio': tokens.audioOut,
  }),
  ...more,
});

/** Versions 4 to 6 of the AI SDK. */
const aiSdk = (
  provider: string,
  model: string,
  usage: Attributes,
  metadata?: Plain,
  operation = 'ai.streamText.doStream',
): RawSpanSketch => ({
  name: operation,
  scope: { name: 'ai' },
  attributes: {
    'operation.name': operation,
    'ai.operationId': operation,
    'ai.model.provider': provider,
    'ai.model.id': model,
    ...Object.fromEntries(Object.entries(usage).map(([key, value]) => [`ai.usage.${key}`, value])),
    ...(metadata === undefined ? {} : { 'ai.response.providerMetadata': JSON.stringify(metadata) }),
  },
});

const langfuse = (model: string, usage: Plain, more: Attributes = {}) => ({
  'langfuse.observation.type': 'generation',
  'langfuse.observation.model.name': model,
  'langfuse.observation.usage_details': JSON.stringify(usage),
  ...more,
});

const langSmith = (provider: string, model: string, usage: Plain) => ({
  'langsmith.span.kind': 'llm',
  'langsmith.metadata.ls_provider': provider,
  'langsmith.metadata.ls_model_name': model,
  'langsmith.usage_metadata': JSON.stringify(usage),
});

const braintrust = (model: string, metrics: Plain, more: Attributes = {}) => ({
  'braintrust.span_attributes': JSON.stringify({ type: 'llm' }),
  'braintrust.metadata': JSON.stringify({ model, ...more }),
  'braintrust.metrics': JSON.stringify(metrics),
});

const tier = (name: string) => ({ 'openai.response.service_tier': name });

const OPENAI: readonly Shape[] = [
  ['gpt-4o', otel('openai', 'gpt-4o', { in: 1200, out: 300 }), (1200 * 2.5 + 300 * 10) / M],
  [
    'gpt-4o with a date',
    otel('openai', 'gpt-4o-2024-11-20', { in: 1200, out: 300 }),
    (1200 * 2.5 + 300 * 10) / M,
  ],
  [
    'gpt-4o cached',
    otel('openai', 'gpt-4o', { in: 2000, read: 1536, out: 100 }),
    (464 * 2.5 + 1536 * 1.25 + 100 * 10) / M,
  ],
  ['gpt-4o-mini', otel('openai', 'gpt-4o-mini', { in: 5000, out: 1000 }), (5000 * 0.15 + 1000 * 0.6) / M],
  [
    'gpt-4.1 cached',
    otel('openai', 'gpt-4.1', { in: 10_000, read: 8000, out: 500 }),
    (2000 * 2 + 8000 * 0.5 + 500 * 8) / M,
  ],
  ['gpt-4.1-nano', otel('openai', 'gpt-4.1-nano', { in: 900, out: 90 }), (900 * 0.1 + 90 * 0.4) / M],
  [
    'gpt-5 with reasoning inside its output',
    otel('openai', 'gpt-5', { in: 800, out: 2500, think: 2048 }),
    (800 * 1.25 + 2500 * 10) / M,
  ],
  [
    'gpt-5-mini cached',
    otel('openai', 'gpt-5-mini', { in: 4096, read: 3072, out: 256 }),
    (1024 * 0.25 + 3072 * 0.025 + 256 * 2) / M,
  ],
  [
    'o3 with reasoning',
    otel('openai', 'o3-2025-04-16', { in: 1000, out: 3000, think: 2900 }),
    (1000 * 2 + 3000 * 8) / M,
  ],
  ['o1', otel('openai', 'o1', { in: 100, out: 1000, think: 900 }), (100 * 15 + 1000 * 60) / M],
  [
    'a call that was aborted before its output',
    otel('openai', 'gpt-4o', { in: 500, out: 0 }),
    (500 * 2.5) / M,
  ],
  [
    'a stream of OpenInference',
    openInference('openai', 'gpt-4o', { in: 300, out: 40, total: 340 }),
    (300 * 2.5 + 40 * 10) / M,
  ],
  [
    'OpenInference with cached tokens',
    openInference('openai', 'gpt-4.1-mini', { in: 3000, read: 2048, out: 200 }),
    (952 * 0.4 + 2048 * 0.1 + 200 * 1.6) / M,
  ],
  [
    'only a total and the input',
    otel('openai', 'gpt-4o', { in: 400, total: 450 }),
    (400 * 2.5 + 50 * 10) / M,
  ],
  [
    'names of OpenLLMetry',
    {
      'gen_ai.operation.name': 'chat',
      'gen_ai.system': 'OpenAI',
      'gen_ai.request.model': 'gpt-4o',
      'gen_ai.usage.prompt_tokens': 700,
      'gen_ai.usage.completion_tokens': 70,
    },
    (700 * 2.5 + 70 * 10) / M,
  ],
  [
    'the model that answered, not the one that was asked',
    otel('openai', 'gpt-4o', { in: 1000, out: 100 }, { 'gen_ai.response.model': 'gpt-4o-mini-2024-07-18' }),
    (1000 * 0.15 + 100 * 0.6) / M,
  ],
  [
    'realtime audio',
    otel('openai', 'gpt-4o-realtime-preview', { in: 1000, audioIn: 800, out: 500, audioOut: 400 }),
    (200 * 5 + 800 * 40 + 100 * 20 + 400 * 80) / M,
  ],
  [
    'gpt-realtime with cached audio',
    otel(
      'openai',
      'gpt-realtime',
      { in: 2000, audioIn: 1500, read: 500, out: 300, audioOut: 250 },
      { 'gen_ai.usage.audio.cache_read.input_tokens': 500 },
    ),
    (500 * 4 + 1000 * 32 + 500 * 0.4 + 50 * 16 + 250 * 64) / M,
  ],
  [
    'audio in and out of gpt-4o-audio-preview',
    openInference('openai', 'gpt-4o-audio-preview', { in: 300, audioIn: 250, out: 200, audioOut: 150 }),
    (50 * 2.5 + 250 * 40 + 50 * 10 + 150 * 80) / M,
  ],
  [
    'audio of gpt-4o-mini-audio-preview',
    openInference('openai', 'gpt-4o-mini-audio-preview', { in: 300, audioIn: 250, out: 200, audioOut: 150 }),
    (50 * 0.15 + 250 * 10 + 50 * 0.6 + 150 * 20) / M,
  ],
  [
    'audio of a model whose list has no price for audio',
    otel('openai', 'gpt-4.1', { in: 300, audioIn: 250, out: 20 }),
    undefined,
  ],
  [
    'transcription',
    otel('openai', 'gpt-4o-transcribe', { in: 1100, audioIn: 1000, out: 120 }),
    (100 * 2.5 + 1000 * 6 + 120 * 10) / M,
  ],
  ['embedding', embeddings('openai', 'text-embedding-3-small', 8000), (8000 * 0.02) / M],
  ['large embedding', embeddings('openai', 'text-embedding-3-large', 8000), (8000 * 0.13) / M],
  ['embedding without a provider', embeddings(undefined, 'text-embedding-3-small', 8000), (8000 * 0.02) / M],
  [
    'flex',
    otel('openai', 'o4-mini', { in: 10_000, out: 2000 }, tier('flex')),
    (10_000 * 0.55 + 2000 * 2.2) / M,
  ],
  [
    'flex of gpt-5, cached',
    otel('openai', 'gpt-5', { in: 5000, read: 4000, out: 1000 }, tier('flex')),
    (1000 * 0.625 + 4000 * 0.0625 + 1000 * 5) / M,
  ],
  [
    'flex asked, default served',
    otel(
      'openai',
      'o4-mini',
      { in: 10_000, out: 2000 },
      { 'openai.request.service_tier': 'flex', ...tier('default') },
    ),
    (10_000 * 1.1 + 2000 * 4.4) / M,
  ],
  [
    'priority',
    otel('openai', 'gpt-4o', { in: 1000, out: 100 }, tier('priority')),
    (1000 * 4.25 + 100 * 17) / M,
  ],
  [
    'priority of gpt-5.1',
    otel('openai', 'gpt-5.1', { in: 1000, read: 600, out: 100 }, tier('priority')),
    (400 * 2.5 + 600 * 0.25 + 100 * 20) / M,
  ],
  [
    'priority of a model without a published price of it',
    otel('openai', 'gpt-5-nano', { in: 1000, out: 100 }, tier('priority')),
    undefined,
  ],
  [
    'batch',
    otel('openai', 'gpt-4o-mini', { in: 100_000, out: 10_000 }, tier('batch')),
    (100_000 * 0.075 + 10_000 * 0.3) / M,
  ],
  [
    'scale tier, which is paid by capacity',
    otel('openai', 'gpt-4o', { in: 1000, out: 100 }, tier('scale')),
    undefined,
  ],
  [
    'fine-tuned gpt-4o-mini',
    otel('openai', 'ft:gpt-4o-mini-2024-07-18:acme::AbC', { in: 100_000, out: 10_000 }),
    (100_000 * 0.3 + 10_000 * 1.2) / M,
  ],
  [
    'fine-tuned gpt-4o',
    otel('openai', 'ft:gpt-4o-2024-08-06:acme:shop:AbC', { in: 1000, out: 1000 }),
    (1000 * 3.75 + 1000 * 15) / M,
  ],
  [
    'fine-tuned model without a published price',
    otel('openai', 'ft:gpt-4.1-nano-2025-04-14:acme::x', { in: 1000, out: 10 }),
    undefined,
  ],
  [
    'Langfuse, OpenAI form',
    langfuse('gpt-4o', {
      prompt_tokens: 900,
      completion_tokens: 90,
      prompt_tokens_details: { cached_tokens: 512 },
    }),
    (388 * 2.5 + 512 * 1.25 + 90 * 10) / M,
  ],
  [
    'Langfuse, separate classes',
    langfuse('gpt-4o', { input: 388, input_cached_tokens: 512, output: 50, output_reasoning_tokens: 40 }),
    (388 * 2.5 + 512 * 1.25 + 90 * 10) / M,
  ],
  [
    'LangSmith',
    langSmith('openai', 'gpt-4o', {
      input_tokens: 900,
      output_tokens: 90,
      total_tokens: 990,
      input_token_details: { cache_read: 512 },
    }),
    (388 * 2.5 + 512 * 1.25 + 90 * 10) / M,
  ],
  [
    'LangSmith with a tier',
    langSmith('openai', 'o4-mini', {
      input_tokens: 1000,
      output_tokens: 100,
      total_tokens: 1100,
      input_token_details: { flex: 1000, flex_cache_read: 0 },
      output_token_details: { flex: 100 },
    }),
    (1000 * 0.55 + 100 * 2.2) / M,
  ],
  [
    'Braintrust',
    braintrust('gpt-4.1', {
      prompt_tokens: 2000,
      prompt_cached_tokens: 1024,
      completion_tokens: 100,
      tokens: 2100,
    }),
    (976 * 2 + 1024 * 0.5 + 100 * 8) / M,
  ],
  [
    'AI SDK 4',
    aiSdk(
      'openai.chat',
      'gpt-4o',
      { promptTokens: 600, completionTokens: 60 },
      { openai: { cachedPromptTokens: 512 } },
      'ai.generateText.doGenerate',
    ),
    (88 * 2.5 + 512 * 1.25 + 60 * 10) / M,
  ],
  [
    'AI SDK 5 with reasoning',
    aiSdk('openai.responses', 'gpt-5', {
      inputTokens: 500,
      outputTokens: 1500,
      reasoningTokens: 1400,
      cachedInputTokens: 0,
      totalTokens: 2000,
    }),
    (500 * 1.25 + 1500 * 10) / M,
  ],
  [
    'AI SDK with flex',
    aiSdk(
      'openai.responses',
      'o4-mini',
      { inputTokens: 1000, outputTokens: 100 },
      { openai: { serviceTier: 'flex' } },
    ),
    (1000 * 0.55 + 100 * 2.2) / M,
  ],
];

const ANTHROPIC: readonly Shape[] = [
  [
    'Sonnet 4.5',
    otel('anthropic', 'claude-sonnet-4-5-20250929', { in: 2000, out: 400 }),
    (2000 * 3 + 400 * 15) / M,
  ],
  [
    'cached inside the input',
    otel('anthropic', 'claude-sonnet-4-5', { in: 10_000, read: 7000, write: 2000, out: 500 }),
    (1000 * 3 + 7000 * 0.3 + 2000 * 3.75 + 500 * 15) / M,
  ],
  [
    'more cached than input, so cached is outside',
    otel('anthropic', 'claude-sonnet-4-5', { in: 12, read: 7000, out: 500 }),
    (12 * 3 + 7000 * 0.3 + 500 * 15) / M,
  ],
  [
    'cached outside by the total',
    otel('anthropic', 'claude-haiku-4-5', { in: 1000, read: 500, write: 100, out: 50, total: 1650 }),
    (1000 * 1 + 500 * 0.1 + 100 * 1.25 + 50 * 5) / M,
  ],
  [
    'a long prompt',
    otel('anthropic', 'claude-sonnet-4-5', { in: 250_000, read: 50_000, out: 1000 }),
    (200_000 * 6 + 50_000 * 0.6 + 1000 * 22.5) / M,
  ],
  [
    'exactly 200,000 tokens, which is not long',
    otel('anthropic', 'claude-sonnet-4-5', { in: 200_000, out: 1000 }),
    (200_000 * 3 + 1000 * 15) / M,
  ],
  [
    'Opus 4.1 with thinking inside its output',
    otel('anthropic', 'claude-opus-4-1', { in: 1000, out: 5000, think: 4000 }),
    (1000 * 15 + 5000 * 75) / M,
  ],
  [
    'Opus 4.5',
    otel('anthropic', 'claude-opus-4-5-20251101', { in: 1000, out: 1000 }),
    (1000 * 5 + 1000 * 25) / M,
  ],
  [
    'Haiku 3',
    otel('anthropic', 'claude-3-haiku-20240307', { in: 1000, out: 1000 }),
    (1000 * 0.25 + 1000 * 1.25) / M,
  ],
  [
    'batch',
    otel(
      'anthropic',
      'claude-sonnet-4-5',
      { in: 100_000, out: 10_000 },
      { 'gen_ai.response.service_tier': 'batch' },
    ),
    (100_000 * 1.5 + 10_000 * 7.5) / M,
  ],
  [
    'the tier named standard',
    otel(
      'anthropic',
      'claude-haiku-4-5',
      { in: 1000, out: 100 },
      { 'gen_ai.response.service_tier': 'standard' },
    ),
    (1000 * 1 + 100 * 5) / M,
  ],
  [
    'OpenInference, cached inside',
    openInference('anthropic', 'claude-3-5-haiku-latest', { in: 2406, write: 2400, out: 120 }),
    (6 * 0.8 + 2400 * 1 + 120 * 4) / M,
  ],
  [
    'AI SDK 5, cache writes in the metadata',
    aiSdk(
      'anthropic.messages',
      'claude-3-5-haiku-latest',
      { inputTokens: 6, outputTokens: 120, totalTokens: 126 },
      { anthropic: { usage: { input_tokens: 6, output_tokens: 120, cache_creation_input_tokens: 2400 } } },
    ),
    (6 * 0.8 + 2400 * 1 + 120 * 4) / M,
  ],
  [
    'AI SDK 5, a cache for an hour',
    aiSdk(
      'anthropic.messages',
      'claude-3-5-haiku-latest',
      { inputTokens: 6, outputTokens: 110 },
      {
        anthropic: {
          usage: {
            input_tokens: 6,
            cache_creation_input_tokens: 2400,
            cache_creation: { ephemeral_5m_input_tokens: 0, ephemeral_1h_input_tokens: 2400 },
          },
        },
      },
    ),
    (6 * 0.8 + 2400 * 1.6 + 110 * 4) / M,
  ],
  [
    'AI SDK 6, cached inside',
    aiSdk('anthropic.messages', 'claude-sonnet-4-5', {
      inputTokens: 3224,
      outputTokens: 40,
      'inputTokenDetails.noCacheTokens': 2000,
      'inputTokenDetails.cacheReadTokens': 1024,
      'inputTokenDetails.cacheWriteTokens': 200,
    }),
    (2000 * 3 + 1024 * 0.3 + 200 * 3.75 + 40 * 15) / M,
  ],
  [
    'LangSmith, caches of both lifetimes',
    langSmith('anthropic', 'claude-sonnet-4-5', {
      input_tokens: 10_000,
      output_tokens: 100,
      total_tokens: 10_100,
      input_token_details: {
        cache_read: 1000,
        ephemeral_5m_input_tokens: 3000,
        ephemeral_1h_input_tokens: 2000,
      },
    }),
    (4000 * 3 + 1000 * 0.3 + 3000 * 3.75 + 2000 * 6 + 100 * 15) / M,
  ],
  [
    'Langfuse, Anthropic form',
    langfuse('claude-sonnet-4-5', {
      input_tokens: 100,
      output_tokens: 50,
      cache_read_input_tokens: 900,
      cache_creation_input_tokens: 200,
    }),
    (100 * 3 + 900 * 0.3 + 200 * 3.75 + 50 * 15) / M,
  ],
  [
    'Langfuse, a cache for an hour',
    langfuse('claude-sonnet-4-5', {
      input: 100,
      output: 50,
      input_cache_read: 900,
      input_cache_creation_5m: 300,
      input_cache_creation_1h: 200,
    }),
    (100 * 3 + 900 * 0.3 + 300 * 3.75 + 200 * 6 + 50 * 15) / M,
  ],
  [
    'Claude Code',
    {
      name: 'claude_code.llm_request',
      scope: { name: 'com.anthropic.claude_code.tracing' },
      attributes: {
        'span.type': 'llm_request',
        model: 'claude-sonnet-4-5',
        input_tokens: 50,
        output_tokens: 40,
        cache_read_tokens: 1024,
        cache_creation_tokens: 200,
      },
    },
    (50 * 3 + 1024 * 0.3 + 200 * 3.75 + 40 * 15) / M,
  ],
  [
    'Braintrust, a cache for an hour',
    braintrust(
      'claude-sonnet-4-5',
      {
        prompt_tokens: 1000,
        prompt_cache_creation_tokens: 600,
        prompt_cache_creation_1h_tokens: 600,
        completion_tokens: 10,
      },
      { provider: 'anthropic' },
    ),
    (400 * 3 + 600 * 6 + 10 * 15) / M,
  ],
];

const GOOGLE: readonly Shape[] = [
  [
    'Gemini 2.5 Flash',
    otel('gcp.gemini', 'gemini-2.5-flash', { in: 1000, out: 100 }),
    (1000 * 0.3 + 100 * 2.5) / M,
  ],
  [
    'thinking only in the total',
    openInference('google', 'gemini-2.5-flash', { in: 1200, out: 300, total: 2700 }),
    (1200 * 0.3 + 1500 * 2.5) / M,
  ],
  [
    'thinking inside the output',
    openInference('google', 'gemini-2.5-flash', { in: 1200, out: 1500, think: 1200, total: 2700 }),
    (1200 * 0.3 + 1500 * 2.5) / M,
  ],
  [
    'thinking outside the output',
    otel('gcp.gemini', 'gemini-2.5-flash', { in: 1200, out: 300, think: 1200, total: 2700 }),
    (1200 * 0.3 + 1500 * 2.5) / M,
  ],
  [
    'cached',
    otel('gcp.gemini', 'gemini-2.5-flash', { in: 10_000, read: 8000, out: 100 }),
    (2000 * 0.3 + 8000 * 0.03 + 100 * 2.5) / M,
  ],
  [
    'audio',
    otel('gcp.gemini', 'gemini-2.5-flash', { in: 3000, audioIn: 2500, out: 100 }),
    (500 * 0.3 + 2500 * 1 + 100 * 2.5) / M,
  ],
  [
    '2.5 Pro',
    otel('gcp.gemini', 'gemini-2.5-pro', { in: 100_000, out: 1000 }),
    (100_000 * 1.25 + 1000 * 10) / M,
  ],
  [
    '2.5 Pro with a long prompt',
    otel('gcp.gemini', 'gemini-2.5-pro', { in: 300_000, read: 100_000, out: 1000 }),
    (200_000 * 2.5 + 100_000 * 0.25 + 1000 * 15) / M,
  ],
  [
    'audio of 2.5 Pro, which costs the same as text',
    otel('gcp.gemini', 'gemini-2.5-pro', { in: 1000, audioIn: 900, out: 10 }),
    (1000 * 1.25 + 10 * 10) / M,
  ],
  [
    '3 Pro with a long prompt',
    otel('gcp.gemini', 'gemini-3-pro-preview', { in: 250_000, out: 100 }),
    (250_000 * 4 + 100 * 18) / M,
  ],
  [
    'Flash-Lite',
    otel('gcp.gemini', 'gemini-2.5-flash-lite', { in: 10_000, out: 1000 }),
    (10_000 * 0.1 + 1000 * 0.4) / M,
  ],
  [
    'a name with a path',
    otel('gcp.gemini', 'models/gemini-2.5-flash', { in: 1000, out: 100 }),
    (1000 * 0.3 + 100 * 2.5) / M,
  ],
  [
    'Vertex AI',
    otel('gcp.vertex_ai', 'publishers/google/models/gemini-2.5-flash', { in: 1000, out: 100 }),
    (1000 * 0.3 + 100 * 2.5) / M,
  ],
  [
    'a version at the end',
    otel('gcp.vertex_ai', 'gemini-2.0-flash-001', { in: 1000, out: 100 }),
    (1000 * 0.1 + 100 * 0.4) / M,
  ],
  [
    'a tuned model, whose name tells nothing',
    otel('gcp.vertex_ai', 'projects/p/locations/us-central1/endpoints/123', { in: 1000, out: 100 }),
    undefined,
  ],
  [
    'Vertex AI with flex',
    otel(
      'gcp.vertex_ai',
      'gemini-2.5-flash',
      { in: 1000, out: 100 },
      { 'gen_ai.response.service_tier': 'ON_DEMAND_FLEX' },
    ),
    (1000 * 0.15 + 100 * 1.25) / M,
  ],
  [
    'provisioned throughput, which is paid by capacity',
    otel(
      'gcp.vertex_ai',
      'gemini-2.5-flash',
      { in: 1000, out: 100 },
      { 'gen_ai.response.service_tier': 'PROVISIONED_THROUGHPUT' },
    ),
    undefined,
  ],
  [
    'AI SDK 5 without the thinking',
    aiSdk(
      'google.generative-ai',
      'gemini-2.5-flash',
      { inputTokens: 14, outputTokens: 1, totalTokens: 115 },
      {
        google: {
          usageMetadata: {
            promptTokenCount: 14,
            candidatesTokenCount: 1,
            thoughtsTokenCount: 100,
            totalTokenCount: 115,
          },
        },
      },
    ),
    (14 * 0.3 + 101 * 2.5) / M,
  ],
  ['embedding', embeddings('gcp.gemini', 'gemini-embedding-001', 1000), (1000 * 0.15) / M],
  [
    'Claude on Vertex AI',
    otel('gcp.vertex_ai', 'claude-sonnet-4-5@20250929', { in: 1000, out: 100 }),
    (1000 * 3 + 100 * 15) / M,
  ],
];

const RESELLERS: readonly Shape[] = [
  [
    'Bedrock',
    otel('aws.bedrock', 'anthropic.claude-3-5-sonnet-20241022-v2:0', { in: 1000, out: 100 }),
    (1000 * 3 + 100 * 15) / M,
  ],
  [
    'Bedrock across regions',
    otel('aws.bedrock', 'eu.anthropic.claude-3-7-sonnet-20250219-v1:0', { in: 1012, read: 1000, out: 40 }),
    (12 * 3 + 1000 * 0.3 + 40 * 15) / M,
  ],
  [
    'Bedrock as an ARN',
    otel('aws.bedrock', 'arn:aws:bedrock:us-east-1::foundation-model/amazon.nova-lite-v1:0', {
      in: 100_000,
      out: 10_000,
    }),
    (100_000 * 0.06 + 10_000 * 0.24) / M,
  ],
  [
    'an application profile, whose name tells nothing',
    otel('aws.bedrock', 'arn:aws:bedrock:eu-west-1:111122223333:application-inference-profile/abc', {
      in: 1000,
      out: 10,
    }),
    undefined,
  ],
  [
    'Nova Micro',
    otel('aws.bedrock', 'us.amazon.nova-micro-v1:0', { in: 10_000, out: 1000 }),
    (10_000 * 0.035 + 1000 * 0.14) / M,
  ],
  [
    'Nova Pro in a batch',
    otel(
      'aws.bedrock',
      'amazon.nova-pro-v1:0',
      { in: 10_000, out: 1000 },
      { 'gen_ai.response.service_tier': 'batch' },
    ),
    (10_000 * 0.4 + 1000 * 1.6) / M,
  ],
  [
    'Llama on Bedrock',
    otel('aws.bedrock', 'meta.llama3-70b-instruct-v1:0', { in: 1000, out: 1000 }),
    (1000 * 2.65 + 1000 * 3.5) / M,
  ],
  [
    'Bedrock across regions, a cache for an hour',
    langSmith('bedrock', 'us.anthropic.claude-sonnet-4-5-20250929-v1:0', {
      input_tokens: 3000,
      output_tokens: 100,
      total_tokens: 3100,
      input_token_details: { ephemeral_1h_input_tokens: 2000 },
    }),
    (1000 * 3.3 + 2000 * 6.6 + 100 * 16.5) / M,
  ],
  [
    'OpenRouter with the cache of Claude',
    otel('openrouter', 'anthropic/claude-3.7-sonnet', { in: 3000, read: 2000, write: 500, out: 10 }),
    (500 * 3 + 2000 * 0.3 + 500 * 3.75 + 10 * 15) / M,
  ],
  [
    'Azure by the name of the model',
    otel('azure.ai.openai', 'gpt-4o', { in: 1000, out: 100 }),
    (1000 * 2.5 + 100 * 10) / M,
  ],
  [
    'an Azure deployment with the model that answered',
    otel(
      'azure.ai.openai',
      'prod-chat',
      { in: 1000, out: 100 },
      { 'gen_ai.response.model': 'gpt-4o-2024-08-06' },
    ),
    (1000 * 2.5 + 100 * 10) / M,
  ],
  [
    'an Azure deployment, whose name tells nothing',
    otel('azure.ai.openai', 'prod-chat', { in: 1000, out: 100 }),
    undefined,
  ],
  [
    'OpenRouter',
    otel('openrouter', 'anthropic/claude-sonnet-4.5', { in: 1000, out: 100 }),
    (1000 * 3 + 100 * 15) / M,
  ],
  [
    'OpenRouter with cached tokens of a model whose list there has no price for them',
    otel('openrouter', 'openai/gpt-4o', { in: 2000, read: 1024, out: 10 }),
    (976 * 2.5 + 1024 * 1.25 + 10 * 10) / M,
  ],
  ['a free variant', otel('openrouter', 'deepseek/deepseek-chat:free', { in: 1000, out: 100 }), undefined],
  [
    'a reported cost',
    otel('openrouter', 'openai/gpt-4o', { in: 1000, out: 100 }, { 'gen_ai.usage.cost': 0.0031 }),
    0.0031,
  ],
  [
    'a reported cost of 0 for a paid model',
    otel('openai', 'gpt-4o', { in: 1000, out: 100 }, { 'gen_ai.usage.cost': 0 }),
    (1000 * 2.5 + 100 * 10) / M,
  ],
  [
    'a reported cost of 0 for a model that nobody knows',
    otel('openai', 'nobody-knows', { in: 1000, out: 100 }, { 'gen_ai.usage.cost': 0 }),
    undefined,
  ],
  [
    'a reported cost of 0 for a free variant',
    otel('openrouter', 'qwen/qwen3:free', { in: 1000, out: 100 }, { 'gen_ai.usage.cost': 0 }),
    0,
  ],
  [
    'LiteLLM in front of OpenAI',
    otel('litellm', 'openai/gpt-4o', { in: 1000, out: 100 }),
    (1000 * 2.5 + 100 * 10) / M,
  ],
  [
    'a framework that calls itself the provider',
    otel('langchain', 'gpt-4o-mini', { in: 1000, out: 100 }),
    (1000 * 0.15 + 100 * 0.6) / M,
  ],
  [
    'a gateway in front of Bedrock',
    otel('my-gateway', 'bedrock/us.anthropic.claude-3-7-sonnet-20250219-v1:0', { in: 1000, out: 100 }),
    (1000 * 3 + 100 * 15) / M,
  ],
  ['the same model on the own machine', otel('ollama', 'llama3.1:8b', { in: 1000, out: 100 }), undefined],
  [
    'Vercel AI Gateway reports what it charges',
    aiSdk(
      'gateway',
      'anthropic/claude-sonnet-4.5',
      { inputTokens: 1000, outputTokens: 100 },
      { gateway: { cost: '0.0045' } },
    ),
    0.0045,
  ],
];

const OTHERS: readonly Shape[] = [
  [
    'Mistral Large',
    otel('mistral_ai', 'mistral-large-latest', { in: 1000, out: 100 }),
    (1000 * 2 + 100 * 6) / M,
  ],
  ['Codestral', otel('mistral_ai', 'codestral-latest', { in: 1000, out: 100 }), (1000 * 0.3 + 100 * 0.9) / M],
  ['Command A', otel('cohere', 'command-a-03-2025', { in: 1000, out: 100 }), (1000 * 2.5 + 100 * 10) / M],
  ['Cohere embedding', embeddings('cohere', 'embed-v4.0', 10_000), (10_000 * 0.12) / M],
  ['Groq', otel('groq', 'llama-3.3-70b-versatile', { in: 1000, out: 100 }), (1000 * 0.59 + 100 * 0.79) / M],
  [
    'Groq in a batch',
    otel(
      'groq',
      'llama-3.3-70b-versatile',
      { in: 1000, out: 100 },
      { 'gen_ai.response.service_tier': 'batch' },
    ),
    (1000 * 0.295 + 100 * 0.395) / M,
  ],
  [
    'Groq flex, which costs the same',
    otel(
      'groq',
      'llama-3.3-70b-versatile',
      { in: 1000, out: 100 },
      { 'gen_ai.response.service_tier': 'flex' },
    ),
    (1000 * 0.59 + 100 * 0.79) / M,
  ],
  [
    'Grok 3 mini with reasoning outside its output',
    otel('x_ai', 'grok-3-mini', { in: 1000, out: 10, think: 300, total: 1310 }),
    (1000 * 0.3 + 310 * 0.5) / M,
  ],
  [
    'Perplexity, tokens and request',
    otel('perplexity', 'sonar', { in: 1000, out: 500 }),
    (1000 * 1 + 500 * 1) / M + 12 / 1000,
  ],
  [
    'Together',
    otel('together', 'meta-llama/Llama-3.3-70B-Instruct-Turbo', { in: 1000, out: 100 }),
    (1100 * 0.88) / M,
  ],
  [
    'Fireworks',
    otel('fireworks', 'accounts/fireworks/models/llama-v3p1-8b-instruct', { in: 1000, out: 100 }),
    (1100 * 0.2) / M,
  ],
  [
    'Kimi K2 cached',
    otel('moonshot_ai', 'kimi-k2-0711-preview', { in: 2000, read: 1500, out: 100 }),
    (500 * 0.6 + 1500 * 0.15 + 100 * 2.5) / M,
  ],
  ['Voyage', embeddings('voyageai', 'voyage-3', 10_000), (10_000 * 0.06) / M],
  ['a model that nobody knows', otel('openai', 'gpt-99', { in: 1000, out: 100 }), undefined],
  ['a call without tokens', otel('openai', 'gpt-4o', {}), undefined],
  [
    'a tool with token counts',
    { 'gen_ai.tool.name': 'count', 'gen_ai.usage.input_tokens': 1000, 'gen_ai.request.model': 'gpt-4o' },
    undefined,
  ],
];

describe.each([
  ['OpenAI', OPENAI],
  ['Anthropic', ANTHROPIC],
  ['Google', GOOGLE],
  ['resellers, gateways and frameworks', RESELLERS],
  ['other providers', OTHERS],
])('the cost of a call: %s', (_provider, shapes) => {
  it.each(shapes)('%s', (_name, sketch, usd) => {
    const isSketch = 'attributes' in sketch;
    const span = rawSpan(isSketch ? (sketch as RawSpanSketch) : { attributes: sketch as Attributes });
    const cost = mapFacts(span).cost?.usd;
    if (usd === undefined) expect(cost).toBeUndefined();
    else expect(cost).toBeCloseTo(usd, 11);
  });
});

it('there are enough shapes', () => {
  expect([OPENAI, ANTHROPIC, GOOGLE, RESELLERS, OTHERS].flat().length).toBeGreaterThanOrEqual(100);
});

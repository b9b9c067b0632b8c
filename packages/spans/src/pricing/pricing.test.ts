import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { calcPrice, findProvider, type Provider } from '@pydantic/genai-prices';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Usage } from '../model/usage.ts';
import { createPricer, PRICE_SOURCE } from './pricing.ts';

const DAY = Date.parse('2026-11-20T10:00:00Z');
const price = createPricer();

const providers = (
  'anthropic aws azure baseten cerebras cloudflare cohere deepseek fireworks google groq minimax mistral moonshotai ' +
  'novita openai openrouter perplexity together voyageai x-ai zai'
)
  .split(' ')
  .map((providerId) => findProvider({ providerId }))
  .filter((found): found is Provider => found !== undefined);
const models = providers.flatMap(({ id, models: list }) =>
  list.map((model) => ({ provider: id, model: model.id })),
);

const tokens = fc.oneof(fc.nat(5000), fc.nat(1_000_000));
const share = fc.double({ min: 0, max: 1, noNaN: true });
/** Random usage whose classes are parts of their totals, as in the results of the mapper. */
const usage = fc
  .record({
    input: tokens,
    output: tokens,
    read: share,
    write: share,
    hour: share,
    audio: share,
    spoken: share,
    thought: share,
  })
  .map(({ input, output, ...part }): Usage & { readonly hourTokens: number } => {
    const cacheReadTokens = Math.floor(input * part.read);
    const cacheWriteTokens = Math.floor((input - cacheReadTokens) * part.write);
    const hourTokens = Math.floor(cacheWriteTokens * part.hour);
    const audioInputTokens = Math.floor((input - cacheReadTokens - cacheWriteTokens) * part.audio);
    const audioOutputTokens = Math.floor(output * part.spoken);
    return {
      inputTokens: input,
      outputTokens: output,
      cacheReadTokens,
      cacheWriteTokens,
      audioInputTokens,
      audioOutputTokens,
      reasoningTokens: Math.floor((output - audioOutputTokens) * part.thought),
      details: { cache_write_1h: hourTokens },
      hourTokens,
    };
  });

describe('the price of a model call', () => {
  it('has the version of the installed table', () => {
    const entry = fileURLToPath(import.meta.resolve('@pydantic/genai-prices'));
    const manifest = JSON.parse(readFileSync(join(dirname(entry), '../package.json'), 'utf8')) as {
      version: string;
    };
    expect(PRICE_SOURCE).toBe(`genai-prices@${manifest.version}`);
  });

  it('equals the result of the library for every model, usage and time of day', () => {
    expect(models.length).toBeGreaterThan(800);
    fc.assert(
      fc.property(
        fc.constantFrom(...models),
        usage,
        fc.nat(86_400_000),
        ({ provider, model }, given, ofDay) => {
          const used = comparable(provider, given);
          const time = DAY - (DAY % 86_400_000) + ofDay;
          const library = calcPrice(
            {
              input_tokens: used.inputTokens,
              output_tokens: used.outputTokens,
              cache_read_tokens: used.cacheReadTokens,
              cache_write_tokens: used.cacheWriteTokens,
              cache_write_1h_tokens: used.hourTokens,
              input_audio_tokens: used.audioInputTokens,
              output_audio_tokens: used.audioOutputTokens,
              output_reasoning_tokens: used.reasoningTokens,
              cache_audio_read_tokens: 0,
            },
            model,
            { providerId: provider, timestamp: new Date(time) },
          );
          const ours = price(provider, model, used, time);
          if (ours === undefined) {
            // Priced by the hour, page or search, so the price of tokens is unknown.
            expect(library?.model_price.input_mtok).toBe(undefined);
            expect(library?.model_price.output_mtok).toBe(undefined);
            return;
          }
          expect(ours.usd).toBeCloseTo(library?.total_price ?? -1, 10);
          expect(ours.inputUsd).toBeCloseTo(library?.input_price ?? -1, 10);
          expect(ours.outputUsd).toBeCloseTo(library?.output_price ?? -1, 10);
          const parts = Object.values(ours.byClass ?? {}).reduce((sum, part) => sum + part, 0);
          expect(parts).toBeCloseTo(ours.usd, 10);
        },
      ),
      { numRuns: 4000 },
    );
  });

  it('charges cached tokens at their own rate, not as input', () => {
    const cost = price('anthropic', 'claude-haiku-4-5', used(10_000, 100, { read: 8000, write: 1000 }), DAY);
    // Per million tokens: $1 input, $0.10 cache read, $1.25 cache write, $5 output.
    expect(cost?.byClass).toEqual({
      cacheReadTokens: 0.0008,
      cacheWriteTokens: 0.00125,
      inputTokens: 0.001,
      outputTokens: 0.0005,
    });
    expect(cost?.usd).toBeCloseTo(0.00355, 12);
  });

  it('charges all tokens at the higher tier if the input exceeds its limit', () => {
    expect(price('anthropic', 'claude-sonnet-4-5', used(200_000, 0), DAY)?.usd).toBeCloseTo(0.6, 12);
    expect(price('anthropic', 'claude-sonnet-4-5', used(200_001, 0), DAY)?.usd).toBeCloseTo(1.200006, 12);
  });

  it('does not fall if there are more output tokens', () => {
    fc.assert(
      fc.property(fc.constantFrom(...models), usage, fc.nat(10_000), ({ provider, model }, given, more) => {
        const less = price(provider, model, given, DAY);
        const bigger = price(
          provider,
          model,
          { ...given, outputTokens: (given.outputTokens ?? 0) + more },
          DAY,
        );
        if (less !== undefined) expect(bigger?.usd).toBeGreaterThanOrEqual(less.usd - 1e-12);
      }),
      { numRuns: 500 },
    );
  });

  it('is undefined for unknown models and providers', () => {
    expect(price('openai', 'my-finetune', used(10, 10), DAY)).toBe(undefined);
    expect(price('ollama', 'llama3.1', used(10, 10), DAY)).toBe(undefined);
    expect(price(undefined, '__proto__', used(10, 10), DAY)).toBe(undefined);
    expect(price('openai', 'x'.repeat(100_000), used(10, 10), DAY)).toBe(undefined);
  });

  it('is undefined if there are no token counts', () => {
    expect(price('openai', 'gpt-4o', {}, DAY)).toBe(undefined);
  });

  it('accepts model ids of gateways and provider names of the conventions', () => {
    const expected = price('openai', 'gpt-4o-mini', used(1000, 1000), DAY)?.usd;
    expect(expected).toBeCloseTo(0.00075, 12);
    expect(price(undefined, 'gpt-4o-mini', used(1000, 1000), DAY)?.usd).toBe(expected);
    expect(price('gateway', 'openai/gpt-4o-mini', used(1000, 1000), DAY)?.usd).toBe(expected);
    expect(price('azure.ai.openai', 'gpt-4o-mini', used(1000, 1000), DAY)?.usd).toBe(expected);
    expect(price('x_ai', 'grok-3', used(1000, 0), DAY)?.usd).toBeCloseTo(0.003, 12);
    expect(
      price('aws.bedrock', 'us.anthropic.claude-sonnet-4-5-20250929-v1:0', used(1000, 0), DAY)?.usd,
    ).toBeCloseTo(0.0033, 12);
  });

  it('reduces parts that exceed their total, so that no token is charged twice', () => {
    const cost = price('openai', 'gpt-4o-mini', used(100, 0, { read: 500 }), DAY);
    expect(cost?.byClass).toEqual({ cacheReadTokens: 0.0000075 });
  });

  it('stays correct after many random names filled the cache', () => {
    const fresh = createPricer();
    const before = fresh('openai', 'gpt-4o-mini', used(1000, 0), DAY);
    for (let n = 0; n < 5000; n++) fresh('openai', `made-up-${n}`, used(1, 1), DAY);
    expect(fresh('openai', 'gpt-4o-mini', used(1000, 0), DAY)).toEqual(before);
  });
});

/** Usage without the classes that we price and the library does not: see `completePrices`. */
function comparable<Given extends Usage & { readonly hourTokens: number }>(
  provider: string,
  given: Given,
): Given {
  const noCache = { cacheReadTokens: 0, cacheWriteTokens: 0, hourTokens: 0, details: {} };
  const noAudio = { audioInputTokens: 0, audioOutputTokens: 0 };
  return {
    ...given,
    ...(['openrouter', 'aws', 'azure'].includes(provider) && { ...noCache, ...noAudio }),
    ...(provider === 'openai' && noAudio),
  };
}

function used(
  inputTokens: number,
  outputTokens: number,
  cache: { read?: number; write?: number } = {},
): Usage {
  return {
    inputTokens,
    outputTokens,
    ...(cache.read === undefined ? {} : { cacheReadTokens: cache.read }),
    ...(cache.write === undefined ? {} : { cacheWriteTokens: cache.write }),
  };
}

import { describe, expect, it, vi } from 'vitest';
import type { Usage } from '../model/usage.ts';
import { addCosts, linesOfCost } from './calculate-cost.ts';
import { createPricer, priceCall } from './pricing.ts';
import { createProjectPrices, type ProjectPrice } from './project-prices.ts';

const NOW = Date.parse('2026-11-20T10:00:00Z');
const price = createPricer();
let number = 0;
const own = (model: string, change: Partial<ProjectPrice> = {}): ProjectPrice => ({
  id: `id${number++}`,
  revision: 1,
  model,
  prices: { input: 1, output: 2 },
  tiers: [],
  serviceTiers: {},
  ...change,
});
interface Call {
  readonly provider?: string;
  readonly request?: string;
  readonly usage?: Usage;
  readonly timeMs?: number;
  readonly tier?: string;
}
const costOf = (prices: readonly ProjectPrice[], model: string, call: Call = {}) =>
  priceCall(
    price,
    {
      provider: call.provider,
      responseModel: model,
      requestModel: call.request,
      usage: call.usage ?? { inputTokens: 1_000_000 },
      timeMs: call.timeMs ?? NOW,
      serviceTier: call.tier,
    },
    createProjectPrices(prices),
  );

describe('the price that a project has set', () => {
  it.each([
    'gpt-4o',
    'GPT-4o',
    'gpt-4o-2024-08-06',
    'azure/gpt-4o',
    'openai/gpt-4o-2024-11-20',
    'deployments/gpt-4o',
  ])('applies to %s before the price table', (model) => {
    expect(costOf([own('gpt-4o')], model)?.usd).toBe(1);
  });

  it.each([
    ['gpt-4o', 'gpt-4o-mini'],
    ['gpt-4o-2024-08-06', 'gpt-4o'],
    ['acme-*-large', 'acme-7b-small'],
    ['*/llama', 'llama'],
  ])('for %s does not apply to %s', (pattern, model) => {
    expect(costOf([own(pattern)], model)?.source ?? 'none').not.toMatch(/^project-price/);
  });

  it.each([
    ['ollama', 'llama3.1:8b', 'llama3.1:*'],
    ['vllm', 'acme-70b', 'acme-*'],
    [
      'aws.bedrock',
      'arn:aws:bedrock:eu-west-1:111122223333:application-inference-profile/abc123def456',
      'arn:*/abc123def456',
    ],
    ['azure.ai.openai', 'my-deployment', 'my-deployment'],
    [undefined, 'ft:gpt-4.1-mini-2025-04-14:acme::x', 'ft:gpt-4.1-mini*:acme*'],
  ])('gives a cost to models without one: %s %s', (provider, model, pattern) => {
    const call = provider === undefined ? {} : { provider };
    expect(costOf([], model, call)).toBeUndefined();
    expect(costOf([own(pattern)], model, call)?.usd).toBe(1);
  });

  it('is that of the model which answered, otherwise that of the requested one', () => {
    const prices = [own('mine'), own('gpt-4o', { prices: { input: 5, output: 5 } })];
    expect(costOf(prices, 'gpt-4o', { request: 'mine' })?.usd).toBe(5);
    expect(costOf(prices, 'gpt-4.1', { request: 'mine' })?.usd).toBe(1);
  });

  it('is the most specific one', () => {
    const at = (input: number) => ({ prices: { input, output: 0 } });
    const prices = [
      own('*', at(1)),
      own('gpt-*', at(2)),
      own('gpt-4o', at(3)),
      own('gpt-4o-2024-08-06', at(4)),
      own('gpt-4o', { ...at(5), provider: 'azure' }),
      own('gpt-4o', { ...at(6), fromMs: NOW + 1000 }),
    ];
    expect(costOf(prices, 'other')?.usd).toBe(1);
    expect(costOf(prices, 'gpt-5')?.usd).toBe(2);
    expect(costOf(prices, 'gpt-4o')?.usd).toBe(3);
    expect(costOf(prices, 'gpt-4o-2024-08-06')?.usd).toBe(4);
    expect(costOf(prices, 'gpt-4o', { provider: 'azure.ai.openai' })?.usd).toBe(5);
    expect(costOf(prices, 'gpt-4o', { provider: 'openai' })?.usd).toBe(3);
    expect(costOf(prices, 'gpt-4o', { timeMs: NOW + 1000 })?.usd).toBe(6);
  });

  it('applies from its start until before its end', () => {
    const prices = [own('acme', { fromMs: NOW, toMs: NOW + 10 })];
    const at = (timeMs: number) => costOf(prices, 'acme', { timeMs })?.usd;
    expect([at(NOW - 1), at(NOW), at(NOW + 9), at(NOW + 10)]).toEqual([undefined, 1, 1, undefined]);
  });

  it('charges each class of tokens once at its own price, and the rest as input and output', () => {
    const prices = {
      input: 3,
      cachedInput: 0.3,
      cacheWrite: 3.75,
      cacheWrite1h: 6,
      audioInput: 40,
      output: 15,
      reasoning: 20,
      audioOutput: 80,
    };
    const usage: Usage = {
      inputTokens: 10_000,
      cacheReadTokens: 4000,
      cacheWriteTokens: 3000,
      audioInputTokens: 500,
      outputTokens: 2000,
      reasoningTokens: 800,
      audioOutputTokens: 100,
      details: { cache_write_1h: 1000 },
    };
    const cost = costOf([own('acme', { prices, perRequest: 0.01 })], 'acme', { usage });
    // 10,000 − 4,000 − 3,000 − 500 = 2,500 fresh; 2,000 − 800 − 100 = 1,100 visible.
    expect(cost?.byClass).toEqual({
      inputTokens: 0.0075,
      cacheReadTokens: 0.0012,
      cacheWriteTokens: 0.0075,
      cache_write_1h: 0.006,
      audioInputTokens: 0.02,
      outputTokens: 0.0165,
      reasoningTokens: 0.016,
      audioOutputTokens: 0.008,
      requests: 0.01,
    });
    expect([cost?.inputUsd, cost?.outputUsd, cost?.usd]).toEqual([0.0422, 0.0405, 0.0927]);
  });

  it('of a long prompt applies to the whole call', () => {
    const tiers = [
      { aboveInputTokens: 500_000, input: 9 },
      { aboveInputTokens: 200_000, input: 6, output: 22 },
    ];
    const prices = [own('acme', { prices: { input: 3, output: 15 }, tiers })];
    const of = (inputTokens: number) =>
      costOf(prices, 'acme', { usage: { inputTokens, outputTokens: 1000 } });
    expect(of(200_000)).toMatchObject({ usd: 0.615 });
    expect(of(200_000)?.aboveInputTokens).toBeUndefined();
    expect(of(200_001)).toMatchObject({ usd: 1.222006, aboveInputTokens: 200_000 });
    expect(of(600_000)).toMatchObject({ usd: 5.422, aboveInputTokens: 500_000 });
  });

  it('is multiplied by the factor of the service tier, and is not known for other tiers', () => {
    const prices = [own('gpt-4o', { serviceTiers: { Batch: 0.5, priority: 1.7 }, perRequest: 0.5 })];
    const of = (tier?: string) => costOf(prices, 'gpt-4o', tier === undefined ? {} : { tier })?.usd;
    expect([of(), of('default'), of('batch'), of('ON_DEMAND_PRIORITY'), of('flex')]).toEqual([
      1.5,
      1.5,
      0.75,
      2.55,
      undefined,
    ]);
  });

  it('is named in the cost with its revision', () => {
    const prices = [own('acme', { id: 'abc', revision: 3 })];
    expect(costOf(prices, 'acme')?.source).toBe('project-price:abc@3');
  });

  it('is not applied to calls without tokens', () => {
    expect(costOf([own('*', { perRequest: 1 })], 'acme', { usage: {} })).toBeUndefined();
  });

  it('is found by one comparison for all prices that share a pattern, and is remembered', () => {
    const pattern = `*${'a'.repeat(126)}b`;
    const prices = Array.from({ length: 500 }, (_, i) => own(pattern, { fromMs: i, toMs: i + 1 }));
    const prepared = createProjectPrices(prices);
    const compare = vi.spyOn(String.prototype, 'endsWith');
    const found = (model: string) => prepared.find(undefined, model, 499)?.price.id;
    const model = `${'a'.repeat(240)}b`;
    const before = compare.mock.calls.length;
    expect(found(model)).toBe(prices[499]?.id);
    const comparisons = compare.mock.calls.length - before;
    expect(found(model)).toBe(prices[499]?.id);
    const inAll = compare.mock.calls.length - before;
    compare.mockRestore();
    expect([comparisons, inAll]).toEqual([1, 1]);
  });

  it('of hostile names takes no time', () => {
    const prices = [own('*a*a*a*a*a*a*a*b'), own('__proto__', { prices: { input: 7, output: 7 } })];
    expect(costOf(prices, 'a'.repeat(256))).toBeUndefined();
    expect(costOf(prices, 'x'.repeat(100_000))).toBeUndefined();
    expect(costOf(prices, '__proto__')?.usd).toBe(7);
  });
});

describe('the lines of a stored cost', () => {
  const usage: Usage = { inputTokens: 1247, cacheReadTokens: 800, outputTokens: 333, reasoningTokens: 100 };
  const stored = costOf([own('m', { prices: { input: 3, cachedInput: 0.3, output: 15 } })], 'm', { usage });

  it('have the prices of the moment in which it was calculated', () => {
    expect(stored && linesOfCost(usage, stored)).toEqual([
      { name: 'cacheReadTokens', direction: 'input', count: 800, price: 0.3, usd: 0.00024 },
      { name: 'inputTokens', direction: 'input', count: 447, price: 3, usd: 0.001341 },
      { name: 'outputTokens', direction: 'output', count: 333, price: 15, usd: 0.004995 },
    ]);
  });

  it('are those of the calculation, whose costs add up exactly', () => {
    expect(stored && addCosts(stored.lines.map(({ usd }) => usd))).toBe(stored?.usd);
  });

  it('are not known if the client reported other classes or another total', () => {
    expect(linesOfCost(usage, { usd: 1, byClass: { input: 0.5, output: 0.5 } })).toBeUndefined();
    expect(linesOfCost(usage, { usd: 1 })).toBeUndefined();
    expect(stored && linesOfCost(usage, { ...stored, usd: 1 })).toBeUndefined();
  });
});

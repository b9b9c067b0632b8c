import { expect, it } from 'vitest';
import { effectivePrice } from './effective-price.ts';
import { createProjectPrices } from './project-prices.ts';

const NOW = Date.parse('2026-11-20T10:00:00Z');

it('the price of the table has its classes, its version and the start of its tier', () => {
  expect(effectivePrice('anthropic', 'claude-sonnet-4-5-20250929', NOW, undefined)).toMatchObject({
    table: expect.stringMatching(/^genai-prices@/),
    seller: 'anthropic',
    prices: { input: 3, output: 15, cachedInput: 0.3, cacheWrite: 3.75, cacheWrite1h: 6 },
    aboveInputTokens: 200_000,
  });
});

it('a price of the project comes first', () => {
  const price = {
    id: 'a',
    revision: 1,
    model: 'gpt-4o',
    prices: { input: 1, output: 2 },
    tiers: [],
    serviceTiers: {},
    perRequest: 0.01,
  };
  expect(effectivePrice('openai', 'gpt-4o', NOW, createProjectPrices([price]))).toEqual({
    own: price,
    pricedModel: 'gpt-4o',
    prices: { input: 1, output: 2 },
    perRequest: 0.01,
  });
});

it('is not known for unknown models', () => {
  expect(effectivePrice('openai', 'nobody-knows', NOW, undefined)).toBeUndefined();
});

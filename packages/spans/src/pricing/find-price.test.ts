import { describe, expect, it } from 'vitest';
import { createPricer } from './pricing.ts';

const price = createPricer();
const NOW = Date.parse('2026-11-20T10:00:00Z');
const USAGE = { inputTokens: 100_000, outputTokens: 10_000 };
const usd = (provider: string | undefined, model: string, tier?: string) =>
  price(provider, model, USAGE, NOW, tier)?.usd;

describe('the price of a model', () => {
  it.each([
    ['aws.bedrock', 'eu.amazon.nova-lite-v1:0', 0.0084],
    ['aws.bedrock', 'amazon.nova-lite-v1:0', 0.0084],
    ['aws.bedrock', 'arn:aws:bedrock:us-east-1::foundation-model/amazon.nova-lite-v1:0', 0.0084],
    ['aws.bedrock', 'eu.anthropic.claude-3-7-sonnet-20250219-v1:0', 0.45],
    [
      'aws.bedrock',
      'arn:aws:bedrock:eu-west-1:111122223333:inference-profile/eu.anthropic.claude-3-7-sonnet-20250219-v1:0',
      0.45,
    ],
    ['gcp.gemini', 'models/gemini-2.5-flash', 0.055],
    ['gcp.vertex_ai', 'publishers/google/models/gemini-2.5-flash', 0.055],
    ['gcp.vertex_ai', 'projects/p/locations/l/publishers/google/models/gemini-2.5-flash', 0.055],
    ['gcp.vertex_ai', 'publishers/anthropic/models/claude-sonnet-4@20250514', 0.45],
    ['gcp.vertex.agent', 'gemini-2.5-flash', 0.055],
    ['openai', 'ft:gpt-4o-mini-2024-07-18:acme::AbCd1234', 0.042],
    ['openai', 'gpt-4o-2027-01-01', 0.35],
    ['openai', 'openai/gpt-4o', 0.35],
    ['azure.ai.openai', 'deployments/gpt-4o', 0.35],
    ['openrouter', 'anthropic/claude-sonnet-4.5', 0.45],
    [undefined, 'openai:gpt-4o', 0.35],
    [undefined, 'us.anthropic.claude-sonnet-4-20250514-v1:0', 0.45],
    [undefined, 'text-embedding-3-small', 0.002],
  ])('of %s %s is found', (provider, model, expected) => {
    expect(usd(provider, model)).toBeCloseTo(expected, 10);
  });

  it.each([
    ['gcp.gemini', 'gemini-pro-latest'],
    ['gcp.gemini', 'models/gemini-pro-latest'],
  ])('of %s %s is not that of the first Gemini Pro', (provider, model) => {
    expect(usd(provider, 'gemini-pro')).toBeCloseTo(0.01625, 10);
    expect(usd(provider, model)).toBeUndefined();
  });

  it.each(['Langchain', 'spring_ai', 'strands-agents', 'my-gateway', 'litellm'])(
    'does not depend on the framework %s that names itself the provider',
    (provider) => {
      expect(usd(provider, 'gpt-4o')).toBeCloseTo(0.35, 10);
      expect(usd(provider, 'us.anthropic.claude-sonnet-4-20250514-v1:0')).toBeCloseTo(0.45, 10);
    },
  );

  it.each([
    ['aws.bedrock', 'arn:aws:bedrock:eu-west-1:111122223333:application-inference-profile/abc123def456'],
    ['gcp.vertex_ai', 'projects/p/locations/l/endpoints/123'],
    ['azure.ai.openai', 'my-deployment'],
    ['openai', 'ft:gpt-4.1-mini-2025-04-14:acme::x'],
    ['openrouter', 'deepseek/deepseek-chat:free'],
    ['my-gateway', 'deepseek/deepseek-chat:free'],
    ['my-gateway', 'unknown-model'],
    ['ollama', 'deepseek-chat'],
    ['vllm', 'gpt-4o'],
  ])('of %s %s is not known', (provider, model) => {
    expect(usd(provider, model)).toBeUndefined();
  });
});

describe('a service tier', () => {
  it.each([
    ['openai', 'o4-mini', undefined, 0.154],
    ['openai', 'o4-mini', 'default', 0.154],
    ['openai', 'o4-mini', 'auto', 0.154],
    ['openai', 'o4-mini-2025-04-16', 'flex', 0.077],
    ['openai', 'o4-mini', 'batch', 0.077],
    ['openai', 'o4-mini-2025-04-16', 'priority', 0.28],
    ['openai', 'gpt-4o', 'priority', 0.595],
    ['anthropic', 'claude-sonnet-4-5', 'batch', 0.225],
    ['anthropic', 'claude-sonnet-4-5', 'standard', 0.45],
    ['gcp.gemini', 'gemini-2.5-flash', 'ON_DEMAND_FLEX', 0.0275],
    ['gcp.gemini', 'gemini-2.5-flash', 'ON_DEMAND', 0.055],
  ])('of %s %s: %s', (provider, model, tier, expected) => {
    expect(usd(provider, model, tier)).toBeCloseTo(expected, 10);
  });

  it('applies to every class of tokens', () => {
    const usage = { inputTokens: 10_000, outputTokens: 2000, cacheReadTokens: 4000 };
    const standard = price('openai', 'o4-mini', usage, NOW);
    const flex = price('openai', 'o4-mini', usage, NOW, 'flex');
    expect(flex?.usd).toBeCloseTo((standard?.usd ?? 0) / 2, 12);
    expect(flex?.byClass?.cacheReadTokens).toBeCloseTo((standard?.byClass?.cacheReadTokens ?? 0) / 2, 12);
    expect(flex?.inputUsd).toBeCloseTo((standard?.inputUsd ?? 0) / 2, 12);
  });

  it.each(['scale', 'priority', 'PROVISIONED_THROUGHPUT', 'a new tier'])(
    'a tier without a known price gives no cost: %s',
    (tier) => {
      expect(usd('openai', 'gpt-5.9', tier)).toBeUndefined();
      expect(usd('gcp.gemini', 'gemini-2.5-flash', tier)).toBeUndefined();
    },
  );
});

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { DoubleValue } from '../model/raw-span.ts';
import { type Plain, rawSpan } from '../testing/raw-span.ts';
import { mapFacts } from './map-facts.ts';

const facts = (attributes: Record<string, Plain>, scope?: { name: string; version: string }) =>
  mapFacts(rawSpan({ attributes, ...(scope === undefined ? {} : { scope }) }));
const usage = (attributes: Record<string, Plain>) =>
  facts({ 'gen_ai.operation.name': 'chat', ...attributes }).usage;

const ANTHROPIC = '@arizeai/openinference-instrumentation-anthropic';

describe('usage', () => {
  it('is undefined, not 0, if nothing is reported', () => {
    expect(facts({ 'gen_ai.operation.name': 'chat', 'gen_ai.request.model': 'gpt-4o' }).usage).toBe(
      undefined,
    );
    expect(usage({ 'gen_ai.usage.output_tokens': 3 })).toEqual({ outputTokens: 3 });
  });

  it('accepts every attribute name that the GenAI convention has had', () => {
    expect(usage({ 'gen_ai.usage.prompt_tokens': 10, 'gen_ai.usage.completion_tokens': 4 })).toEqual({
      inputTokens: 10,
      outputTokens: 4,
    });
    for (const key of [
      'gen_ai.usage.cache_write.input_tokens',
      'gen_ai.usage.cache_creation.input_tokens',
      'gen_ai.usage.cache_creation_input_tokens',
    ]) {
      expect(usage({ 'gen_ai.usage.input_tokens': 10, [key]: 4 })).toEqual({
        inputTokens: 10,
        cacheWriteTokens: 4,
      });
    }
    expect(
      usage({
        'gen_ai.usage.input_tokens': 100,
        'gen_ai.usage.output_tokens': 50,
        'gen_ai.usage.cache_read.input_tokens': 60,
        'gen_ai.usage.reasoning.output_tokens': 20,
        'gen_ai.usage.audio.input_tokens': 7,
        'gen_ai.usage.image.input_tokens': 8,
      }),
    ).toEqual({
      inputTokens: 100,
      outputTokens: 50,
      cacheReadTokens: 60,
      reasoningTokens: 20,
      audioInputTokens: 7,
      details: { image_input: 8 },
    });
  });

  it('accepts numeric strings and integral doubles', () => {
    expect(
      usage({ 'gen_ai.usage.input_tokens': '12', 'gen_ai.usage.output_tokens': new DoubleValue(3) }),
    ).toEqual({
      inputTokens: 12,
      outputTokens: 3,
    });
  });

  it('keeps the input tokens if they include the cached tokens', () => {
    expect(usage({ 'gen_ai.usage.input_tokens': 1000, 'gen_ai.usage.cache_read.input_tokens': 900 })).toEqual(
      {
        inputTokens: 1000,
        cacheReadTokens: 900,
      },
    );
  });

  it('adds cached tokens to the input if they are more than the input', () => {
    expect(
      usage({
        'gen_ai.usage.input_tokens': 10,
        'gen_ai.usage.cache_read.input_tokens': 900,
        'gen_ai.usage.cache_creation.input_tokens': 100,
      }),
    ).toEqual({ inputTokens: 1010, cacheReadTokens: 900, cacheWriteTokens: 100 });
  });

  it('adds cached tokens to the input if the total requires it', () => {
    expect(
      usage({
        'gen_ai.usage.input_tokens': 500,
        'gen_ai.usage.output_tokens': 20,
        'gen_ai.usage.cache_read.input_tokens': 300,
        'gen_ai.usage.total_tokens': 820,
      }),
    ).toEqual({ inputTokens: 800, outputTokens: 20, cacheReadTokens: 300 });
  });

  it('adds cached tokens for the versions of the Anthropic instrumentation that exclude them', () => {
    const attributes = {
      'openinference.span.kind': 'LLM',
      'llm.token_count.prompt': 500,
      'llm.token_count.prompt_details.cache_read': 300,
    };
    const inputOf = (version: string) => facts(attributes, { name: ANTHROPIC, version }).usage?.inputTokens;
    expect([inputOf('0.1.21'), inputOf('0.2.7'), inputOf('0.2.8'), inputOf('1.0.0')]).toEqual([
      800, 800, 500, 500,
    ]);
    expect(facts(attributes).usage?.inputTokens).toBe(500);
  });

  it('counts cached tokens of OpenInference once', () => {
    expect(
      usage({
        'gen_ai.usage.input_tokens': 1000,
        'gen_ai.usage.cache_read.input_tokens': 400,
        'gen_ai.usage.cache_read_input_tokens': 400,
        'gen_ai.usage.details.cache_read_tokens': 400,
        'llm.token_count.prompt': 1000,
        'llm.token_count.prompt_details.cache_read': 400,
      }),
    ).toEqual({ inputTokens: 1000, cacheReadTokens: 400 });
  });

  it('adds reasoning tokens to the output if they are not included', () => {
    const reasoning = 'gen_ai.usage.reasoning.output_tokens';
    expect(usage({ 'gen_ai.usage.output_tokens': 10, [reasoning]: 90 })).toEqual({
      outputTokens: 100,
      reasoningTokens: 90,
    });
    expect(
      usage({
        'gen_ai.usage.input_tokens': 5,
        'gen_ai.usage.output_tokens': 100,
        [reasoning]: 90,
        'gen_ai.usage.total_tokens': 195,
      })?.outputTokens,
    ).toBe(190);
  });

  it('calculates the missing side from the total', () => {
    expect(usage({ 'gen_ai.usage.output_tokens': 4, 'gen_ai.usage.total_tokens': 10 })).toEqual({
      inputTokens: 6,
      outputTokens: 4,
    });
    expect(facts({ 'openinference.span.kind': 'EMBEDDING', 'llm.token_count.total': 9 }).usage).toEqual({
      inputTokens: 9,
    });
    expect(usage({ 'gen_ai.usage.total_tokens': 9 })).toBe(undefined);
  });

  it('is never negative or smaller than its parts', () => {
    const value = fc.oneof(
      fc.integer(),
      fc.double(),
      fc.string(),
      fc.nat().map(String),
      fc.constant(null),
      fc.bigInt(),
    );
    const keys = [
      'gen_ai.usage.input_tokens',
      'gen_ai.usage.output_tokens',
      'gen_ai.usage.total_tokens',
      'gen_ai.usage.cache_read.input_tokens',
      'gen_ai.usage.cache_write.input_tokens',
      'gen_ai.usage.reasoning.output_tokens',
      'llm.token_count.prompt',
      'llm.token_count.prompt_details.cache_read',
    ];
    fc.assert(
      fc.property(fc.dictionary(fc.constantFrom(...keys), value), (attributes) => {
        const used = usage(attributes as Record<string, Plain>) ?? {};
        const {
          inputTokens,
          outputTokens,
          cacheReadTokens = 0,
          cacheWriteTokens = 0,
          reasoningTokens = 0,
        } = used;
        for (const tokens of Object.values(used)) expect(tokens).toBeGreaterThanOrEqual(0);
        if (inputTokens !== undefined)
          expect(inputTokens).toBeGreaterThanOrEqual(cacheReadTokens + cacheWriteTokens);
        if (outputTokens !== undefined) expect(outputTokens).toBeGreaterThanOrEqual(reasoningTokens);
      }),
    );
  });
});

describe('cost', () => {
  const call = {
    'gen_ai.request.model': 'gpt-4o-mini',
    'gen_ai.provider.name': 'openai',
    'gen_ai.usage.input_tokens': 1e6,
  };

  it('is the reported cost, with its parts', () => {
    expect(
      facts({
        'openinference.span.kind': 'LLM',
        'llm.model_name': 'gpt-4o-mini',
        'llm.token_count.prompt': 1000,
        'llm.cost.total': 0.5,
        'llm.cost.prompt': 0.2,
        'llm.cost.completion': 0.3,
        'llm.cost.prompt_details.cache_read': 0.05,
      }).cost,
    ).toEqual({
      usd: 0.5,
      inputUsd: 0.2,
      outputUsd: 0.3,
      byClass: { cacheReadTokens: 0.05 },
      source: 'reported',
    });
    expect(facts({ 'gen_ai.operation.name': 'chat', 'gen_ai.usage.cost': '0.25' }).cost).toEqual({
      usd: 0.25,
      source: 'reported',
    });
    expect(facts({ 'openinference.span.kind': 'LLM', 'llm.cost.prompt': 0.1 }).cost).toEqual({
      usd: 0.1,
      inputUsd: 0.1,
      source: 'reported',
    });
  });

  it('is calculated for calls, and for agents, whose usage counts if no call is below them, but not for tools', () => {
    expect(facts({ ...call, 'gen_ai.operation.name': 'chat' }).cost?.usd).toBeCloseTo(0.15, 12);
    const agent = facts({ ...call, 'gen_ai.operation.name': 'invoke_agent' });
    expect(agent.usage).toEqual({ inputTokens: 1_000_000 });
    expect(agent.cost?.usd).toBeCloseTo(0.15, 12);
    expect(facts({ ...call, 'gen_ai.operation.name': 'execute_tool' }).cost).toBe(undefined);
    expect(
      facts({ ...call, 'gen_ai.operation.name': 'invoke_agent', 'gen_ai.usage.cost': 0.2 }).cost?.usd,
    ).toBe(0.2);
  });

  it('uses the model of the request if the model of the response is unknown', () => {
    expect(facts({ ...call, 'gen_ai.response.model': 'our-deployment-7' }).cost?.usd).toBeCloseTo(0.15, 12);
  });

  it('is undefined for unknown models and invalid reported values', () => {
    expect(facts({ ...call, 'gen_ai.request.model': 'llama-home' }).cost).toBe(undefined);
    expect(facts({ 'gen_ai.operation.name': 'chat', 'gen_ai.usage.cost': -1 }).cost).toBe(undefined);
    expect(facts({ 'gen_ai.operation.name': 'chat', 'gen_ai.usage.cost': Number.NaN }).cost).toBe(undefined);
  });

  it('a cost of 0 is used only if the model is free, because many clients report 0 for an unknown price', () => {
    const zero = { ...call, 'gen_ai.operation.name': 'chat', 'gen_ai.usage.cost': 0 };
    expect(facts(zero).cost?.usd).toBeCloseTo(0.15, 12);
    expect(facts({ ...zero, 'gen_ai.request.model': 'llama-home' }).cost).toBe(undefined);
    expect(
      facts({ ...zero, 'gen_ai.provider.name': 'openrouter', 'gen_ai.request.model': 'a/b:free' }).cost?.usd,
    ).toBe(0);
  });

  it('charges cache writes of one hour at their own rate', () => {
    const cost = facts({
      'gen_ai.operation.name': 'chat',
      'gen_ai.provider.name': 'anthropic',
      'gen_ai.request.model': 'claude-haiku-4-5',
      'gen_ai.usage.input_tokens': 3000,
      'gen_ai.usage.cache_write.input_tokens': 2000,
      'anthropic.usage.cache_creation.ephemeral_5m_input_tokens': 500,
      'anthropic.usage.cache_creation.ephemeral_1h_input_tokens': 1500,
    }).cost;
    expect(cost?.byClass).toEqual({ cache_write_1h: 0.003, cacheWriteTokens: 0.000625, inputTokens: 0.001 });
  });
});

describe('the thinking of Gemini', () => {
  const gemini = (attributes: Record<string, Plain>) =>
    facts({ 'openinference.span.kind': 'LLM', 'llm.model_name': 'gemini-2.5-flash', ...attributes }).usage;

  it('is part of the output if only the total contains it', () => {
    expect(
      gemini({
        'llm.token_count.prompt': 1200,
        'llm.token_count.completion': 300,
        'llm.token_count.total': 2700,
      }),
    ).toEqual({ inputTokens: 1200, outputTokens: 1500 });
  });

  it('is part of the output if it is reported beside it', () => {
    const counts = { 'llm.token_count.prompt': 1200, 'llm.token_count.completion': 300 };
    const thinking = { 'llm.token_count.completion_details.reasoning': 1200 };
    const expected = { inputTokens: 1200, outputTokens: 1500, reasoningTokens: 1200 };
    expect(gemini({ ...counts, ...thinking, 'llm.token_count.total': 2700 })).toEqual(expected);
    expect(gemini({ ...counts, ...thinking })).toEqual(expected);
    expect(
      gemini({
        'llm.token_count.prompt': 1200,
        'llm.token_count.completion': 1500,
        ...thinking,
        'llm.token_count.total': 2700,
      }),
    ).toEqual(expected);
  });

  it('is not assumed for other models, whose totals may contain anything', () => {
    expect(
      facts({
        'openinference.span.kind': 'LLM',
        'llm.model_name': 'gpt-4o',
        'llm.token_count.prompt': 1200,
        'llm.token_count.completion': 300,
        'llm.token_count.total': 2700,
      }).usage,
    ).toEqual({ inputTokens: 1200, outputTokens: 300 });
  });
});

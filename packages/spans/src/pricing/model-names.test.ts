import { describe, expect, it } from 'vitest';
import { modelKey, parseModelName } from './model-names.ts';

describe('a model name', () => {
  it.each([
    ['gpt-4o-2024-08-06', 'gpt-4o'],
    ['GPT-4o', 'gpt-4o'],
    ['openai/gpt-4o', 'gpt-4o'],
    ['openrouter/openai/gpt-4o', 'gpt-4o'],
    ['azure/gpt-4o', 'gpt-4o'],
    ['deployments/gpt-4o', 'gpt-4o'],
    ['openai:gpt-4o', 'gpt-4o'],
    ['gateway/openai:gpt-4o-mini', 'gpt-4o-mini'],
    ['claude-sonnet-4-5-20250929', 'claude-sonnet-4-5'],
    ['claude-sonnet-4-5@20250929', 'claude-sonnet-4-5'],
    ['claude-3-5-haiku-latest', 'claude-3-5-haiku'],
    ['anthropic/claude-sonnet-4.5', 'claude-sonnet-4-5'],
    ['anthropic.claude-sonnet-4-5-20250929-v1:0', 'claude-sonnet-4-5'],
    ['us.anthropic.claude-sonnet-4-5-20250929-v1:0', 'claude-sonnet-4-5'],
    ['us-gov.anthropic.claude-3-7-sonnet-20250219-v1:0', 'claude-3-7-sonnet'],
    ['global.anthropic.claude-opus-4-6-v1', 'claude-opus-4-6'],
    ['bedrock/eu.anthropic.claude-3-7-sonnet-20250219-v1:0', 'claude-3-7-sonnet'],
    [
      'arn:aws:bedrock:eu-west-1:111122223333:inference-profile/eu.anthropic.claude-3-7-sonnet-20250219-v1:0',
      'claude-3-7-sonnet',
    ],
    ['arn:aws:bedrock:us-east-1::foundation-model/amazon.nova-lite-v1:0', 'amazon.nova-lite'],
    ['eu.amazon.nova-lite-v1:0', 'amazon.nova-lite'],
    ['models/gemini-2.5-flash', 'gemini-2-5-flash'],
    ['publishers/google/models/gemini-2.5-flash', 'gemini-2-5-flash'],
    ['projects/p/locations/l/publishers/google/models/gemini-2.5-flash', 'gemini-2-5-flash'],
    ['gemini-2.5-flash-001', 'gemini-2-5-flash'],
    ['googleai/gemini-2.5-flash', 'gemini-2-5-flash'],
    ['accounts/fireworks/models/deepseek-v3', 'deepseek-v3'],
    ['meta-llama/Llama-3.3-70B-Instruct', 'llama-3-3-70b-instruct'],
    ['deepseek/deepseek-r1:free', 'deepseek-r1'],
    ['gpt-oss:20b', 'gpt-oss:20b'],
    ['my-deployment', 'my-deployment'],
  ])('%s has the key %s', (name, key) => {
    expect(modelKey(name)).toBe(key);
  });

  it.each([
    'arn:aws:bedrock:eu-west-1:111122223333:application-inference-profile/abc123def456',
    'arn:aws:bedrock:eu-west-1:111122223333:provisioned-model/abc',
    'arn:aws:sagemaker:eu-west-1:111122223333:endpoint/llama',
    'projects/p/locations/l/endpoints/123',
    'projects/p/locations/l/models/123',
    'tunedModels/abc',
  ])('%s does not tell the model', (name) => {
    expect(parseModelName(name).isOpaque).toBe(true);
    expect(modelKey(name)).toBe(name);
  });

  it('the name of a fine-tuned model is not the name of its base model', () => {
    expect(modelKey('ft:gpt-4o-mini-2024-07-18:acme::AbCd1234')).toBe(
      'ft:gpt-4o-mini-2024-07-18:acme::abcd1234',
    );
  });

  it('a name of any form is split without an error', () => {
    for (const name of [
      '',
      '/',
      ':',
      'a/',
      ':a',
      'openai/',
      'models/',
      'arn:aws:bedrock:::',
      '__proto__',
      'x'.repeat(10_000),
    ])
      expect(typeof modelKey(name)).toBe('string');
  });
});

import { expect, it } from 'vitest';
import { isSameModel } from './same-model.ts';

const isSame = (a: string, b: string) => isSameModel({ model: a }, { model: b });

it.each([
  ['gpt-4o', 'gpt-4o'],
  ['gpt-4o', 'gpt-4o-2024-08-06'],
  ['openai/gpt-4o', 'gpt-4o'],
  ['openai/gpt-4o', 'gpt-4o-2024-08-06'],
  ['gpt-4-0613', 'gpt-4'],
  ['claude-sonnet-4-5', 'claude-sonnet-4-5-20250929'],
  ['claude-3-5-sonnet-latest', 'claude-3-5-sonnet-20241022'],
  ['claude-3-5-sonnet@20240620', 'anthropic/claude-3-5-sonnet-20240620'],
  ['us.anthropic.claude-3-5-sonnet-20241022-v2:0', 'claude-3-5-sonnet-20241022'],
  ['models/gemini-1.5-pro', 'gemini-1.5-pro-001'],
  ['GPT-4o', 'gpt-4o'],
])('%s and %s name one model', (a, b) => {
  expect([isSame(a, b), isSame(b, a)]).toEqual([true, true]);
});

it.each([
  ['gpt-4o', 'gpt-4o-mini'],
  ['gpt-4o-2024-05-13', 'gpt-4o-2024-08-06'],
  ['claude-3-5-sonnet', 'claude-sonnet-4-5'],
  ['gemini-1.5-pro', 'gemini-2.5-pro'],
  ['llama3:8b', 'llama3:70b'],
])('%s and %s name two models', (a, b) => {
  expect([isSame(a, b), isSame(b, a)]).toEqual([false, false]);
});

it('calls agree if any of their requested and answering models agree, and are unknown without a name', () => {
  const deployment = { requestModel: 'my-deployment', model: 'gpt-4o-2024-08-06' };
  expect(isSameModel(deployment, { model: 'gpt-4o' })).toBe(true);
  expect(isSameModel(deployment, { model: 'my-deployment' })).toBe(true);
  expect(isSameModel(deployment, {})).toBeUndefined();
});

import { expect, it } from 'vitest';
import { callChanges } from './call-changes.ts';

const call = {
  model: 'gpt-4o',
  parameters: { temperature: 0, stop: ['END'] },
  toolDefinitions: [{ name: 'search' }],
  inputTokens: 1204,
  cacheReadTokens: null,
};

it('lists what changed since the previous call, and nothing that did not', () => {
  expect(callChanges(call, call)).toEqual([]);
  expect(
    callChanges(call, {
      ...call,
      model: 'gpt-4o-mini',
      parameters: { temperature: 0.7, stop: ['END'], top_p: 0.5 },
      toolDefinitions: null,
      inputTokens: 28_113,
    }),
  ).toEqual([
    { name: 'model', before: 'gpt-4o', now: 'gpt-4o-mini' },
    { name: 'temperature', before: '0', now: '0.7' },
    { name: 'top_p', before: '–', now: '0.5' },
    { name: 'tools', before: '1', now: '–' },
    { name: 'input tokens', before: '1,204', now: '28,113' },
  ]);
});

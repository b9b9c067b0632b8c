import { effectivePrice } from '@throughline/spans';
import { expect, it } from 'vitest';
import { compareLists } from './compare-lists.ts';

const DAY = Date.parse('2026-12-01');
const chat = { mode: 'chat', litellm_provider: 'openai' };

it('prices of both lists are compared by token class, and a class without a price costs what includes it', () => {
  const ours = effectivePrice('openai', 'gpt-4o', DAY, undefined)?.prices;
  expect(ours).toMatchObject({ input: 2.5, output: 10 });
  const same = { ...chat, input_cost_per_token: 2.5e-6, output_cost_per_token: 1e-5 };
  const result = compareLists(
    {
      'gpt-4o': { ...same, output_cost_per_reasoning_token: 1e-5 },
      'gpt-4o-2024-08-06': { ...same, output_cost_per_token: 12e-6 },
      'no-such-model': same,
      'dall-e-3': { ...same, mode: 'image_generation' },
    },
    DAY,
  );
  expect(result).toEqual({
    same: 1,
    differing: 1,
    unknown: new Map([['openai', ['no-such-model']]]),
    differences: [{ model: 'gpt-4o-2024-08-06', provider: 'openai', class: 'output', ours: 10, theirs: 12 }],
  });
});

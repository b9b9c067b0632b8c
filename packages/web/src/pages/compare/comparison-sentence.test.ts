import { expect, it } from 'vitest';
import type { TraceDiff } from '../../api/types.ts';
import { comparisonSentence } from './comparison-sentence.ts';

const step = (name: string, change: string, differences: readonly string[] = [], depth = 1) => ({
  depth,
  change,
  differences,
  a: null,
  b: { name },
});
const diff = (fields: Partial<Record<keyof TraceDiff, unknown>>) =>
  ({
    counts: { same: 1, changed: 0, moved: 0, added: 0, removed: 0 },
    delta: { durationMs: 0, tokens: null, costUsd: null, spanCount: 0, errorCount: 0 },
    steps: [],
    ...fields,
  }) as unknown as TraceDiff;

it('says what changed and what came of it', () => {
  expect(
    comparisonSentence(
      diff({
        counts: { same: 18, changed: 2, moved: 1, added: 1, removed: 0 },
        delta: { durationMs: 1900, tokens: -310, costUsd: -0.02, spanCount: 1, errorCount: 0 },
        steps: [
          step('rerank', 'added'),
          step('search', 'moved', ['parent']),
          step('answer', 'changed', ['output'], 0),
        ],
      }),
    ),
  ).toBe(
    '18 steps are the same, 2 changed, 1 moved: search, 1 added: rerank. The second took 1.90 s longer, cost $0.0200 less, used 310 tokens less and has another output.',
  );
});

it.each([
  [1, '1 step is the same. The second has 1 more failed step.'],
  [-2, '1 step is the same. The second has 2 fewer failed steps.'],
])('counts the failed steps: %i', (errorCount, sentence) => {
  const delta = { durationMs: 0, tokens: null, costUsd: null, spanCount: 0, errorCount };
  expect(comparisonSentence(diff({ delta }))).toBe(sentence);
});

it('says nothing more if nothing changed', () => {
  expect(comparisonSentence(diff({}))).toBe('1 step is the same.');
});

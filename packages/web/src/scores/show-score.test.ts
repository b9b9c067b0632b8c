import { describe, expect, it } from 'vitest';
import type { ScoreSummary } from '../api/types.ts';
import { describeScore, fitScores, showScoreValue } from './show-score.ts';

const score = (change: Partial<ScoreSummary>): ScoreSummary => ({
  name: 'faithfulness',
  value: 0.5,
  label: null,
  unit: null,
  spanId: null,
  source: 'api',
  evaluator: null,
  ...change,
});

describe('the value of a score', () => {
  it.each<[Partial<ScoreSummary>, string]>([
    [{ value: 0.42312 }, '0.423'],
    [{ value: 1 }, '1'],
    [{ value: 0 }, '0'],
    [{ value: -2.5 }, '-2.5'],
    [{ value: 12_345.6 }, '12,346'],
    [{ value: 120, unit: 'ms' }, '120 ms'],
    [{ value: true }, 'yes'],
    [{ value: false }, 'no'],
    [{ name: 'thumb', value: true }, 'up'],
    [{ name: 'thumb', value: false }, 'down'],
    [{ value: 'off topic' }, 'off topic'],
  ])('of %j is shown as %s', (change, text) => {
    expect(showScoreValue(score(change))).toBe(text);
  });
});

it('a description has the value with all digits, the source and the span', () => {
  const full = score({ value: 0.42312, label: 'pass', source: 'llm', evaluator: 'ragas' });
  expect(describeScore(full, 'generate')).toBe('faithfulness 0.42312 (pass), by llm ragas, on generate');
  expect(describeScore(score({ name: 'toxic', value: false }))).toBe('toxic no, by api');
});

describe('scores in limited space', () => {
  const three = [score({ name: 'aaaa' }), score({ name: 'bbbb' }), score({ name: 'cccc' })];

  it('are shown as far as they fit, and the others are counted', () => {
    // Each chip takes 12 characters, and the count of the others takes 4.
    expect(fitScores(three, 36)).toEqual({ shown: three, hidden: 0 });
    expect(fitScores(three, 35)).toEqual({ shown: three.slice(0, 2), hidden: 1 });
    expect(fitScores(three, 27)).toEqual({ shown: three.slice(0, 1), hidden: 2 });
  });

  it('are never all hidden', () => {
    expect(fitScores(three, 1)).toEqual({ shown: three.slice(0, 1), hidden: 2 });
    expect(fitScores([], 40)).toEqual({ shown: [], hidden: 0 });
  });
});

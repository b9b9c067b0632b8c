import { expect, it } from 'vitest';
import { type KnownScore, ownScoreOf, scoresBySpan, withPending } from './own-scores.ts';

const score = (change: Partial<KnownScore>): KnownScore => ({
  name: 'thumb',
  value: true,
  label: null,
  unit: null,
  spanId: null,
  source: 'human',
  evaluator: null,
  comment: null,
  ...change,
});
const others = [
  score({ source: 'api' }),
  score({ evaluator: 'reviewer 2' }),
  score({ name: 'tone' }),
  score({ spanId: 'b' }),
];

it('what is on its way replaces what the same reader said of the same target, and nothing else', () => {
  const old = score({ id: '1', value: true, comment: 'good' });
  const shown = withPending([...others, old], [{ spanId: null, value: false, comment: '' }]);
  expect(shown).toEqual([score({ id: '1', value: false, pending: true }), ...others]);
});

it('of two on their way to one target the later counts', () => {
  const shown = withPending(
    [],
    [
      { spanId: 'a', value: true, comment: '' },
      { spanId: 'a', value: false, comment: 'no' },
    ],
  );
  expect(shown).toEqual([score({ spanId: 'a', value: false, comment: 'no', pending: true })]);
});

it('without any on its way the scores are the same list', () => {
  expect(withPending(others, [])).toBe(others);
});

it('own scores and those of a span are found', () => {
  expect(ownScoreOf(others, 'b')).toBe(others[3]);
  expect(ownScoreOf(others, null)).toBeUndefined();
  expect(scoresBySpan(others).get('b')).toEqual([others[3]]);
  expect(scoresBySpan(others).get(null)).toHaveLength(3);
});

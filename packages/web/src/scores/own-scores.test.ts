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

it('a pending score replaces the score given by hand to the same target, and no other', () => {
  const old = score({ id: '1', value: true, comment: 'good' });
  const shown = withPending([...others, old], [{ spanId: null, value: false, comment: '' }]);
  expect(shown).toEqual([score({ id: '1', value: false, pending: true }), ...others]);
});

it('the later of two pending scores of one target wins', () => {
  const shown = withPending(
    [],
    [
      { spanId: 'a', value: true, comment: '' },
      { spanId: 'a', value: false, comment: 'no' },
    ],
  );
  expect(shown).toEqual([score({ spanId: 'a', value: false, comment: 'no', pending: true })]);
});

it('returns the same list if no score is pending', () => {
  expect(withPending(others, [])).toBe(others);
});

it('finds the score given by hand, and the scores of a span', () => {
  expect(ownScoreOf(others, 'b')).toBe(others[3]);
  expect(ownScoreOf(others, null)).toBeUndefined();
  expect(scoresBySpan(others).get('b')).toEqual([others[3]]);
  expect(scoresBySpan(others).get(null)).toHaveLength(3);
});

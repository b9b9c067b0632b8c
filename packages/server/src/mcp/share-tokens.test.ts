import fc from 'fast-check';
import { expect, it } from 'vitest';
import { shareTokens } from './share-tokens.ts';

it.each([
  [[10, 10], 100, [10, 10]],
  [[100, 100], 50, [25, 25]],
  [[10, 200, 60], 100, [10, 45, 45]],
  [[5], 0, [0]],
  [[], 10, []],
])('of %j in a budget of %d are %j', (sizes, budget, shares) => {
  expect(shareTokens(sizes, budget)).toEqual(shares);
});

it('never gives more than the budget or the size of a text', () => {
  fc.assert(
    fc.property(fc.array(fc.nat(500)), fc.integer({ min: -10, max: 2000 }), (sizes, budget) => {
      const shares = shareTokens(sizes, budget);
      const sum = (numbers: readonly number[]) => numbers.reduce((total, each) => total + each, 0);
      expect(sum(shares)).toBeLessThanOrEqual(Math.max(0, budget));
      expect(shares.every((share, index) => share >= 0 && share <= (sizes[index] as number))).toBe(true);
      if (sum(sizes) <= budget) expect(shares).toEqual(sizes);
    }),
  );
});

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { compareShares, type Shares } from './share-difference.ts';

const shares = (count: number, of: number, otherCount: number, otherOf: number): Shares => ({
  count,
  of,
  otherCount,
  otherOf,
});
const score = (given: Shares, compared = 100) => compareShares(given, compared).score;

describe('a difference of two shares', () => {
  it('has the lower end of its confidence interval as score', () => {
    // 2·asin(√(90.375/100.75)) − 2·asin(√(100.375/1000.75)) = 2.4882 − 0.6445, z = √(2·ln(10⁴)) = 4.2919,
    // error = √(1/100.5 + 1/1000.5) = 0.1046.
    expect(score(shares(90, 100, 100, 1000))).toBeCloseTo(1.3946, 3);
  });

  it('counts in both directions', () => {
    expect(score(shares(10, 100, 900, 1000))).toBeCloseTo(score(shares(90, 100, 100, 1000)), 1);
  });

  it('a difference between groups of few members is not significant, however large it is', () => {
    expect(compareShares(shares(2, 2, 0, 30), 100)).toEqual({ score: 0, isSignificant: false });
    expect(compareShares(shares(2, 2, 1, 2), 1)).toEqual({ score: 0, isSignificant: false });
    expect(compareShares(shares(3, 3, 0, 100_000), 1)).toMatchObject({ isSignificant: false });
  });

  it('a difference between groups of many members is significant, even if it is small', () => {
    expect(compareShares(shares(5200, 10_000, 5000, 10_000), 100).isSignificant).toBe(false);
    expect(compareShares(shares(52_000, 100_000, 50_000, 100_000), 100).isSignificant).toBe(true);
  });

  it('a clear difference between large groups ranks above a complete one between small groups', () => {
    expect(score(shares(800, 1000, 200, 1000))).toBeGreaterThan(score(shares(5, 5, 0, 1000)));
  });

  it('ranks a rare value that occurs only here above a small change of a frequent one', () => {
    expect(score(shares(300, 10_000, 0, 10_000))).toBeGreaterThan(score(shares(5500, 10_000, 5000, 10_000)));
  });

  it('is nothing without members', () => {
    expect(compareShares(shares(0, 0, 5, 10), 1)).toEqual({ score: 0, isSignificant: false });
    expect(compareShares(shares(5, 10, 0, 0), 1)).toEqual({ score: 0, isSignificant: false });
  });

  it('needs more evidence the more is compared', () => {
    const given = shares(60, 100, 400, 1000);
    expect(score(given, 1)).toBeGreaterThan(score(given, 1000));
  });

  it('grows with the number of members at equal shares, and lies between 0 and π', () => {
    fc.assert(
      fc.property(
        fc
          .integer({ min: 1, max: 200 })
          .chain((of) => fc.tuple(fc.integer({ min: 0, max: of }), fc.constant(of))),
        fc
          .integer({ min: 1, max: 200 })
          .chain((of) => fc.tuple(fc.integer({ min: 0, max: of }), fc.constant(of))),
        ([count, of], [otherCount, otherOf]) => {
          const few = score(shares(count, of, otherCount, otherOf));
          const many = score(shares(count * 100, of * 100, otherCount * 100, otherOf * 100));
          expect(few).toBeGreaterThanOrEqual(0);
          expect(many).toBeLessThan(Math.PI);
          expect(many).toBeGreaterThanOrEqual(few - 1e-9);
        },
      ),
      { seed: 11 },
    );
  });

  it('is rarely called significant between two samples of one population', () => {
    // A deterministic generator, so that the test has the same samples on each run.
    let state = 1;
    const random = () => {
      state = (state * 48_271) % 2_147_483_647;
      return state / 2_147_483_647;
    };
    const sample = (of: number, share: number) =>
      Array.from({ length: of }, random).filter((value) => value < share).length;
    let significant = 0;
    for (let trial = 0; trial < 200; trial++) {
      const share = random();
      const given = shares(sample(200, share), 200, sample(500, share), 500);
      if (compareShares(given, 200).isSignificant) significant++;
    }
    expect(significant).toBe(0);
  });
});

/** How often something occurs in two groups. */
export interface Shares {
  /** Number of members of the first group that have it, and of all its members. */
  readonly count: number;
  readonly of: number;
  /** The same for the second group. */
  readonly otherCount: number;
  readonly otherOf: number;
}

/** The result of comparing two shares. */
export interface ShareDifference {
  /**
   * The smallest difference that agrees with the counts, between 0 (none is certain) and π. Ranks differences: it grows with
   * the difference and with the number of members, so a few members never outrank many.
   */
  readonly score: number;
  /** Whether a difference this large is unlikely to be a coincidence, although many were compared. */
  readonly isSignificant: boolean;
}

/** Probability that any of the compared differences is called significant by coincidence. */
const ALPHA = 0.01;

/** Fewer occurrences are never called significant: they are anecdotes, whatever their probability. */
const MIN_COUNT = 5;

/**
 * Compares two shares as angles, `2·asin(√share)`, whose error depends only on the number of members: a difference of 2 %
 * from 0 % is as visible as one of 50 % from 36 %. The score is the lower end of the confidence interval of the difference.
 * Counts are shifted by 3/8 (F. J. Anscombe, 1948), so that a share of zero is compared fairly as well.
 *
 * @param compared number of differences that are compared at the same time. More of them need stronger evidence (Bonferroni).
 */
export function compareShares(shares: Shares, compared: number): ShareDifference {
  const { count, of, otherCount, otherOf } = shares;
  if (of <= 0 || otherOf <= 0) return { score: 0, isSignificant: false };
  const distance = Math.abs(angleOf(count, of) - angleOf(otherCount, otherOf));
  const error = Math.sqrt(1 / (of + 0.5) + 1 / (otherOf + 0.5));
  const score = Math.max(0, distance - quantileFor(ALPHA / Math.max(1, compared)) * error);
  return { score, isSignificant: score > 0 && count + otherCount >= MIN_COUNT };
}

function angleOf(count: number, of: number): number {
  const share = (Math.min(Math.max(count, 0), of) + 3 / 8) / (of + 3 / 4);
  return 2 * Math.asin(Math.sqrt(share));
}

/**
 * An upper bound of the quantile of the normal distribution that is exceeded in both directions with this probability,
 * from `P(|Z| > z) ≤ exp(−z²/2)`.
 */
function quantileFor(probability: number): number {
  return Math.sqrt(-2 * Math.log(probability));
}

import { offsetMsAt } from '../../contract/time-zone.ts';

/**
 * Start of the bucket that contains the start of a range, in nanoseconds since 1970. Buckets begin at round times of the
 * zone; after a change of its clocks within the range they begin an hour earlier or later.
 */
export function firstBucket(fromNs: bigint, widthNs: bigint, timeZone = 'UTC'): bigint {
  const offsetNs = BigInt(offsetMsAt(timeZone, Number(fromNs / 1_000_000n))) * 1_000_000n;
  const into = (((fromNs + offsetNs) % widthNs) + widthNs) % widthNs;
  return fromNs - into;
}

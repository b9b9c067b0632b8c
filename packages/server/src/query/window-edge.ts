import { MINUTE_NS, type RowRange } from './project-scope.ts';

/** A range of starts in nanoseconds since 1970 that a list has not searched yet. The end is exclusive. */
interface SearchRange {
  readonly low: bigint;
  readonly high: bigint;
  readonly newestFirst: boolean;
}

/**
 * Estimates the minute up to which a window contains about this many rows, counted from the side at which the search starts.
 * The estimate comes from the sizes of the partitions, so it needs no query. Undefined if the rest contains fewer rows.
 */
export function windowEdge(
  partitions: readonly RowRange[],
  { low, high, newestFirst }: SearchRange,
  rows: number,
): bigint | undefined {
  const rowsUpTo = (edge: bigint) =>
    partitions.reduce(
      (sum, each) => sum + (newestFirst ? rowsWithin(each, edge, high) : rowsWithin(each, low, edge)),
      0,
    );
  if (rowsUpTo(newestFirst ? low : high) <= rows) return undefined;
  let [inside, outside] = newestFirst ? [high, low] : [low, high];
  while (distance(inside, outside) > MINUTE_NS) {
    const middle = (inside + outside) / 2n;
    if (rowsUpTo(middle) < rows) inside = middle;
    else outside = middle;
  }
  const minute = outside / MINUTE_NS;
  return newestFirst ? max(low, minute * MINUTE_NS) : min(high, (minute + 1n) * MINUTE_NS);
}

/** Number of rows from `low` to `high`, if the starts are evenly distributed. */
function rowsWithin({ firstNs, lastNs, rows }: RowRange, low: bigint, high: bigint): number {
  const common = min(high, lastNs + 1n) - max(low, firstNs);
  return common <= 0n ? 0 : (rows * Number(common)) / Number(lastNs - firstNs + 1n);
}

function distance(a: bigint, b: bigint): bigint {
  return a > b ? a - b : b - a;
}

export const min = (a: bigint, b: bigint): bigint => (a < b ? a : b);
export const max = (a: bigint, b: bigint): bigint => (a > b ? a : b);

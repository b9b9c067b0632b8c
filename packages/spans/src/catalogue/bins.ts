/** Ranges of a number on a logarithmic scale: 1, 1.5, 2, 3, 5, 7, 10, 15 … They are nearly equally wide. */
const STEPS = [1, 1.5, 2, 3, 5, 7];

/** The first and the last power of ten of the ranges. Smaller and larger values are in the first and the last range. */
const DECADES = [-9, 12] as const;

/** The lower bounds of all ranges, in ascending order. */
export const BIN_BOUNDS: readonly number[] = Array.from(
  { length: DECADES[1] - DECADES[0] + 1 },
  (_, index) => DECADES[0] + index,
).flatMap((decade) => STEPS.map((step) => Number(`${step}e${decade}`)));

/** The lower bound of the range of a value. Zero and negative values have the range 0. */
export function binOf(value: number): number {
  if (!(value > 0)) return 0;
  return BIN_BOUNDS.findLast((bound) => bound <= value) ?? (BIN_BOUNDS[0] as number);
}

/** The upper bound of a range, which it does not include. */
export function endOfBin(low: number): number {
  return BIN_BOUNDS.find((bound) => bound > low) ?? Number.POSITIVE_INFINITY;
}

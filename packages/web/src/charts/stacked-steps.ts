/** The values of one series at each step of time. Null means that there is none. */
export interface SeriesValues {
  readonly values: readonly (number | null)[];
}

/** The part of a stacked bar that one series takes. */
export interface BarPart {
  readonly series: number;
  readonly from: number;
  readonly to: number;
}

/** Stacks the series at each step, the first one at the bottom. Negative values are left out. */
export function stackSteps(series: readonly SeriesValues[], steps: number): BarPart[][] {
  return Array.from({ length: steps }, (_, step) => {
    let height = 0;
    return series.flatMap(({ values }, index) => {
      const value = values[step];
      if (value === null || value === undefined || value <= 0) return [];
      const from = height;
      height += value;
      return [{ series: index, from, to: height }];
    });
  });
}

/** The smallest round number that is at least the value: 1, 2, 2.5, 4, 5 or 8 times a power of ten. */
export function roundUp(value: number): number {
  if (!(value > 0)) return 1;
  const power = 10 ** Math.floor(Math.log10(value));
  const factor = [1, 2, 2.5, 4, 5, 8, 10].find((each) => each * power >= value * (1 - 1e-12)) ?? 10;
  return Number((factor * power).toPrecision(3));
}

/** The highest value that a chart has to show. */
export function highest(series: readonly SeriesValues[], steps: number, stacked: boolean): number {
  if (stacked) return Math.max(0, ...stackSteps(series, steps).map((parts) => parts.at(-1)?.to ?? 0));
  return Math.max(0, ...series.flatMap(({ values }) => values.map((value) => value ?? 0)));
}

/** Lines through the values. A missing value interrupts the line, and a value between two missing ones is a point. */
export function lineSegments(values: readonly (number | null)[]): { x: number; y: number }[][] {
  const segments: { x: number; y: number }[][] = [];
  let open: { x: number; y: number }[] | undefined;
  for (const [x, y] of values.entries()) {
    if (y === null || y === undefined) {
      open = undefined;
      continue;
    }
    if (!open) {
      open = [];
      segments.push(open);
    }
    open.push({ x, y });
  }
  return segments;
}

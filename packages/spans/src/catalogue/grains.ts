/** Lengths of the steps into which a time range is divided. Days, weeks (from Monday) and months begin at midnight of a zone. */
export const GRAINS = ['minute', '5minutes', '15minutes', 'hour', '6hours', 'day', 'week', 'month'] as const;
export type Grain = (typeof GRAINS)[number];

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
const DAY_MS = 24 * HOUR_MS;

/** The length of a step in milliseconds. Days can be an hour longer or shorter, and months have 28 to 31 days. */
const LENGTH_MS: Readonly<Record<Grain, number>> = {
  minute: MINUTE_MS,
  '5minutes': 5 * MINUTE_MS,
  '15minutes': 15 * MINUTE_MS,
  hour: HOUR_MS,
  '6hours': 6 * HOUR_MS,
  day: DAY_MS,
  week: 7 * DAY_MS,
  month: 30 * DAY_MS,
};

/** Maximum number of steps that `auto` chooses. */
const AUTO_STEPS = 62;

/** The shortest grain that divides a range into at most 62 steps. */
export function autoGrain(rangeMs: number): Grain {
  return GRAINS.find((grain) => rangeMs / LENGTH_MS[grain] <= AUTO_STEPS) ?? 'month';
}

/** The number of steps in a range, rounded up. */
export function countSteps(grain: Grain, rangeMs: number): number {
  return Math.ceil(rangeMs / LENGTH_MS[grain]);
}

/**
 * The starts of all steps that overlap a range, in milliseconds since 1970. The first one can be before the range.
 *
 * @param offsetAt the difference between the clocks of the zone and UTC at an instant, in milliseconds
 */
export function stepStarts(
  grain: Grain,
  { fromMs, toMs }: { readonly fromMs: number; readonly toMs: number },
  offsetAt: (epochMs: number) => number,
): number[] {
  const toInstant = (wallMs: number) => {
    const ms = wallMs - offsetAt(wallMs - offsetAt(wallMs));
    // Clocks that jump over midnight begin the day after the jump.
    return ms + offsetAt(ms) < wallMs ? wallMs - offsetAt(ms) : ms;
  };
  const starts: number[] = [];
  if (LENGTH_MS[grain] < DAY_MS) {
    const length = LENGTH_MS[grain];
    const offset = offsetAt(fromMs);
    for (let ms = Math.floor((fromMs + offset) / length) * length - offset; ms < toMs; ms += length)
      starts.push(ms);
    return starts;
  }
  for (let wall = firstWall(grain, fromMs + offsetAt(fromMs)); ; wall = nextWall(grain, wall)) {
    const start = toInstant(wall);
    if (start >= toMs) return starts;
    // A zone that moves to the other side of the date line has no step for the day that it leaves out.
    if (start !== starts.at(-1)) starts.push(start);
  }
}

/** The wall time at which the day, week or month of a wall time began. */
function firstWall(grain: Grain, wallMs: number): number {
  const day = Math.floor(wallMs / DAY_MS) * DAY_MS;
  const date = new Date(day);
  if (grain === 'month') return Date.UTC(date.getUTCFullYear(), date.getUTCMonth(), 1);
  return grain === 'week' ? day - ((date.getUTCDay() + 6) % 7) * DAY_MS : day;
}

function nextWall(grain: Grain, wallMs: number): number {
  if (grain !== 'month') return wallMs + LENGTH_MS[grain];
  const date = new Date(wallMs);
  return Date.UTC(date.getUTCFullYear(), date.getUTCMonth() + 1, 1);
}

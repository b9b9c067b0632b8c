import { midnight, zonedFormat } from '../format/time-zone.ts';

const SECOND = 1000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

/** Distances of two labels, in milliseconds. */
const STEPS = [
  ...[1, 2, 5, 10, 15, 30].map((count) => count * SECOND),
  ...[1, 2, 5, 10, 15, 30].map((count) => count * MINUTE),
  ...[1, 2, 3, 6, 12].map((count) => count * HOUR),
  ...[1, 2, 7, 14, 30, 90, 365].map((count) => count * DAY),
];

const CLOCK = { hour: '2-digit', minute: '2-digit', hourCycle: 'h23' } as const;

export interface TimeTick {
  readonly ms: number;
  readonly label: string;
}

/** At most `most` labels at round times of the zone: with seconds below a minute, with the date at midnight. */
export function timeTicks(fromMs: number, toMs: number, most: number): TimeTick[] {
  const step =
    STEPS.find((each) => (toMs - fromMs) / each <= most) ?? Math.ceil((toMs - fromMs) / most / DAY) * DAY;
  const ticks: TimeTick[] = [];
  for (let ms = firstTick(fromMs, step); ms < toMs; ms = nextTick(ms, step))
    ticks.push({ ms, label: labelOf(ms, step) });
  return ticks;
}

/** Round times are counted from the midnight of the zone, which is not a multiple of an hour in every zone. */
function firstTick(fromMs: number, step: number): number {
  const dayStart = midnight(fromMs);
  if (step >= DAY) return dayStart === fromMs ? dayStart : midnight(fromMs, 1);
  return dayStart + Math.ceil((fromMs - dayStart) / step) * step;
}

/** A day can have 23 or 25 hours. */
function nextTick(ms: number, step: number): number {
  return step < DAY ? ms + step : midnight(ms, step / DAY);
}

function labelOf(ms: number, step: number): string {
  if (step >= DAY || midnight(ms) === ms)
    return zonedFormat('day', { month: 'short', day: '2-digit' }).format(ms);
  return step < MINUTE
    ? zonedFormat('clock', { ...CLOCK, second: '2-digit' }).format(ms)
    : zonedFormat('minutes', CLOCK).format(ms);
}

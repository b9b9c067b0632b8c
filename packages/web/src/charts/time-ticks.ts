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

const seconds = new Intl.DateTimeFormat(undefined, {
  hour: '2-digit',
  minute: '2-digit',
  second: '2-digit',
  hourCycle: 'h23',
});
const minutes = new Intl.DateTimeFormat(undefined, { hour: '2-digit', minute: '2-digit', hourCycle: 'h23' });
const days = new Intl.DateTimeFormat(undefined, { month: 'short', day: '2-digit' });

export interface TimeTick {
  readonly ms: number;
  readonly label: string;
}

/** At most `most` labels at round local times: with seconds below a minute, with the date at midnight. */
export function timeTicks(fromMs: number, toMs: number, most: number): TimeTick[] {
  const step =
    STEPS.find((each) => (toMs - fromMs) / each <= most) ?? Math.ceil((toMs - fromMs) / most / DAY) * DAY;
  const ticks: TimeTick[] = [];
  for (let ms = firstTick(fromMs, step); ms < toMs; ms = nextTick(ms, step))
    ticks.push({ ms, label: labelOf(ms, step) });
  return ticks;
}

/** Round times are counted from the local midnight, which is not a multiple of an hour in every zone. */
function firstTick(fromMs: number, step: number): number {
  const midnight = new Date(fromMs).setHours(0, 0, 0, 0);
  const first = midnight + Math.ceil((fromMs - midnight) / step) * step;
  return step >= DAY ? new Date(first).setHours(0, 0, 0, 0) : first;
}

/** A day can have 23 or 25 hours. */
function nextTick(ms: number, step: number): number {
  if (step < DAY) return ms + step;
  const next = new Date(ms);
  next.setDate(next.getDate() + step / DAY);
  return next.getTime();
}

function labelOf(ms: number, step: number): string {
  const isMidnight = new Date(ms).setHours(0, 0, 0, 0) === ms;
  if (step >= DAY || isMidnight) return days.format(ms);
  return (step < MINUTE ? seconds : minutes).format(ms);
}

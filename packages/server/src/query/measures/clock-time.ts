import type { Dimension } from '@throughline/spans';
import type { ZoneOffsets } from '../../contract/zone-offsets.ts';

/** An hour of the day (0 to 23), a day of the week (1 is Monday), or an hour of one day of the week. */
export interface ClockSlot {
  readonly hour?: number | undefined;
  readonly day?: number | undefined;
}

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
const WEEK_MS = 7 * DAY_MS;
/** 1970 began on a Thursday, so the first Monday is the fifth day. */
const FIRST_MONDAY_MS = 4 * DAY_MS;

/** The part of a range that falls in a slot on the clocks of a zone, in milliseconds. */
export function clockTimeMs(
  { fromMs, toMs }: { readonly fromMs: number; readonly toMs: number },
  { first, changes }: ZoneOffsets,
  slot: ClockSlot,
): number {
  const starts = [Number.NEGATIVE_INFINITY, ...changes.map(({ atMs }) => atMs)];
  const offsets = [first, ...changes.map(({ offsetMs }) => offsetMs)];
  return offsets.reduce((sum, offset, index) => {
    const from = Math.max(fromMs, starts[index] as number);
    const to = Math.min(toMs, starts[index + 1] ?? toMs);
    return to > from ? sum + timeBefore(to + offset, slot) - timeBefore(from + offset, slot) : sum;
  }, 0);
}

/** The time in a slot before a time on the clock, counted from a fixed time. */
function timeBefore(wallMs: number, { hour, day }: ClockSlot): number {
  const period = day === undefined ? DAY_MS : WEEK_MS;
  const length = hour === undefined ? DAY_MS : HOUR_MS;
  const start = (day === undefined ? 0 : FIRST_MONDAY_MS + (day - 1) * DAY_MS) + (hour ?? 0) * HOUR_MS;
  const periods = Math.floor((wallMs - start) / period);
  return periods * length + Math.min(wallMs - start - periods * period, length);
}

/** The slot of the values of ordinal dimensions. Undefined if none of them is a time on the clock. */
export function clockSlotOf(
  dimensions: readonly Dimension[],
  values: readonly (number | null)[],
): ClockSlot | undefined {
  const numberOf = (type: Dimension['type']) =>
    values[dimensions.findIndex((each) => each.type === type)] ?? undefined;
  const slot = { hour: numberOf('hourOfDay'), day: numberOf('dayOfWeek') };
  return slot.hour === undefined && slot.day === undefined ? undefined : slot;
}

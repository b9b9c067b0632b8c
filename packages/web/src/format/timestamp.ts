import { fromWallClock, isSameDay, isSameYear, toWallClock, zonedFormat } from './time-zone.ts';

export { millisecondsBetween, parseTimestamp } from '@throughline/spans';

/** An instant as editable time in the zone of the page: `2026-11-20 14:00:00`. */
export function printLocalTime(epochMs: number): string {
  return new Date(toWallClock(epochMs)).toISOString().slice(0, 19).replace('T', ' ');
}

/**
 * Parses what a user typed, in ms since the epoch: `2026-11-20 14:00:00`, or only the date, in the zone of the page, or a
 * timestamp with a time zone. NaN if the text is none of these.
 */
export function parseLocalTime(text: string): number {
  const time = text.trim().replace(/^(\d{4}-\d\d-\d\d) /, '$1T');
  if (!/^\d{4}-\d\d-\d\d(T|$)/.test(time)) return Number.NaN;
  if (/(Z|[+-]\d\d:?\d\d)$/i.test(time.slice(10))) return Date.parse(time);
  const wall = Date.parse(`${time.includes('T') ? time : `${time}T00:00:00`}Z`);
  return Number.isNaN(wall) ? wall : fromWallClock(wall);
}

const CLOCK = { hour: '2-digit', minute: '2-digit', second: '2-digit', hourCycle: 'h23' } as const;
const DAY = { month: 'short', day: '2-digit' } as const;
const DAY_AND_YEAR = { ...DAY, year: 'numeric' } as const;

/** `12:04:11` if the instant is today, else with the date (`Nov 19 12:04:11`), and the year if it differs. */
export function formatInstant(epochMs: number, nowMs: number): string {
  const clock = zonedFormat('clock', CLOCK).format(epochMs);
  if (isSameDay(epochMs, nowMs)) return clock;
  const date = isSameYear(epochMs, nowMs) ? zonedFormat('day', DAY) : zonedFormat('dayAndYear', DAY_AND_YEAR);
  return `${date.format(epochMs)} ${clock}`;
}

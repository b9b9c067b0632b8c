export { millisecondsBetween, parseTimestamp } from '@throughline/spans';

/** An instant as editable local time: `2026-11-20 14:00:00`. */
export function printLocalTime(epochMs: number): string {
  const local = new Date(epochMs - new Date(epochMs).getTimezoneOffset() * 60_000);
  return local.toISOString().slice(0, 19).replace('T', ' ');
}

/**
 * Parses what a user typed, in ms since the epoch: `2026-11-20 14:00:00`, or only the date, in local time, or a timestamp
 * with a time zone. NaN if the text is none of these.
 */
export function parseLocalTime(text: string): number {
  const time = text.trim().replace(/^(\d{4}-\d\d-\d\d) /, '$1T');
  if (!/^\d{4}-\d\d-\d\d(T|$)/.test(time)) return Number.NaN;
  return Date.parse(time.includes('T') ? time : `${time}T00:00:00`);
}

const clock = new Intl.DateTimeFormat(undefined, {
  hour: '2-digit',
  minute: '2-digit',
  second: '2-digit',
  hourCycle: 'h23',
});
const day = new Intl.DateTimeFormat(undefined, { month: 'short', day: '2-digit' });
const dayAndYear = new Intl.DateTimeFormat(undefined, { year: 'numeric', month: 'short', day: '2-digit' });

/** Local time: `12:04:11` if the instant is today, else with the date (`Nov 19 12:04:11`), and the year if it differs. */
export function formatInstant(epochMs: number, nowMs: number): string {
  const [then, now] = [new Date(epochMs), new Date(nowMs)];
  if (then.toDateString() === now.toDateString()) return clock.format(then);
  const date = then.getFullYear() === now.getFullYear() ? day : dayAndYear;
  return `${date.format(then)} ${clock.format(then)}`;
}

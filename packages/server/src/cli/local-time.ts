import { isTimeZone, offsetMsAt } from '../contract/time-zone.ts';
import { CliError } from './api-client.ts';

/** `local` means the zone of this machine, which the variable TZ sets. */
export type CliTimeZone = string;

/** @throws CliError if the zone is not known */
export function checkTimeZone(zone: CliTimeZone): void {
  if (zone !== 'local' && !isTimeZone(zone))
    throw new CliError(`--tz ${zone} is not a time zone such as UTC or Europe/Berlin.`, 2);
}

/** Converts `2026-11-20T10:00:00.123456789Z` to `2026-11-20 11:00:00` in a time zone. */
export function localTime(timestamp: string, zone: CliTimeZone = 'local'): string {
  const ms = Date.parse(`${timestamp.slice(0, 19)}Z`);
  return new Date(ms + offsetOf(zone, ms)).toISOString().slice(0, 19).replace('T', ' ');
}

/** A time without an offset, or a date alone, is meant in the time zone. Other texts are returned unchanged. */
export function instantOf(text: string | undefined, zone: CliTimeZone): string | undefined {
  const found = /^(\d{4}-\d\d-\d\d)(?:[T ](\d\d:\d\d(?::\d\d)?)(\.\d+)?)?$/i.exec(text ?? '');
  if (!found) return text;
  const [, date, time = '00:00:00', fraction = ''] = found;
  const wall = Date.parse(`${date}T${time}Z`);
  if (Number.isNaN(wall)) return text;
  const guess = wall - offsetOf(zone, wall);
  return new Date(wall - offsetOf(zone, guess)).toISOString().replace(/\.\d+Z$/, `${fraction}Z`);
}

function offsetOf(zone: CliTimeZone, epochMs: number): number {
  return zone === 'local' ? -new Date(epochMs).getTimezoneOffset() * 60_000 : offsetMsAt(zone, epochMs);
}

import { z } from 'zod';

export function isTimeZone(name: string): boolean {
  try {
    new Intl.DateTimeFormat('en', { timeZone: name });
    return true;
  } catch {
    return false;
  }
}

export const timeZoneQuery = z
  .string()
  .max(64)
  .refine(isTimeZone, { message: 'expected a time zone such as Europe/Berlin or UTC' })
  .optional()
  .describe('Time zone in which days begin, such as `Europe/Berlin`. Default: UTC.');

/** The difference between the clocks of a zone and UTC at an instant, in milliseconds. */
export function offsetMsAt(zone: string, epochMs: number): number {
  return offsetReader(zone)(epochMs);
}

/** {@link offsetMsAt} for many instants of one zone. Preparing a zone takes longer than reading an offset. */
export function offsetReader(zone: string): (epochMs: number) => number {
  if (zone === 'UTC') return () => 0;
  const format = formatOf(zone);
  return (epochMs) => {
    const parts: Record<string, number> = {};
    for (const { type, value } of format.formatToParts(epochMs)) parts[type] = Number(value);
    const { year = 1970, month = 1, day = 1, hour = 0, minute = 0, second = 0 } = parts;
    return Date.UTC(year, month - 1, day, hour, minute, second) - Math.floor(epochMs / 1000) * 1000;
  };
}

function formatOf(timeZone: string): Intl.DateTimeFormat {
  return new Intl.DateTimeFormat('en-US', {
    timeZone,
    hourCycle: 'h23',
    year: 'numeric',
    month: 'numeric',
    day: 'numeric',
    hour: 'numeric',
    minute: 'numeric',
    second: 'numeric',
  });
}

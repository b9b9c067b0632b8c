/** `local`: the zone of the browser. Otherwise an IANA name such as `UTC` or `Europe/Berlin`. */
export type TimeZoneChoice = string;

let current: string | undefined;

/** The zone in which the page shows and reads times. Undefined: the zone of the browser. */
export function shownTimeZone(): string | undefined {
  return current;
}

/**
 * Sets the zone of all times on the page. It is a setting of the reader and not part of a view: addresses contain
 * instants. The caller renders the page again.
 */
export function setShownTimeZone(choice: TimeZoneChoice): void {
  current = choice === 'local' ? undefined : choice;
}

export function isTimeZone(value: unknown): value is TimeZoneChoice {
  if (value === 'local') return true;
  if (typeof value !== 'string') return false;
  try {
    new Intl.DateTimeFormat('en', { timeZone: value });
    return true;
  } catch {
    return false;
  }
}

/** The zone as a name for the API: `Europe/Berlin`. */
export function timeZoneName(): string {
  return current ?? Intl.DateTimeFormat().resolvedOptions().timeZone;
}

const formats = new Map<string, Intl.DateTimeFormat>();

/** A format in the zone of the page. Creating one is slow, so each is created once per zone. */
export function zonedFormat(name: string, options: Intl.DateTimeFormatOptions): Intl.DateTimeFormat {
  const key = `${name} ${current ?? ''}`;
  const known = formats.get(key);
  if (known) return known;
  const format = new Intl.DateTimeFormat(undefined, {
    ...options,
    ...(current !== undefined && { timeZone: current }),
  });
  formats.set(key, format);
  return format;
}

const MINUTE = 60_000;

/** The difference between the clocks of the zone and UTC at an instant, in milliseconds. */
export function offsetAt(epochMs: number): number {
  if (current === undefined) return -new Date(epochMs).getTimezoneOffset() * MINUTE;
  if (current === 'UTC') return 0;
  const parts: Record<string, number> = {};
  for (const { type, value } of offsetFormat().formatToParts(epochMs)) parts[type] = Number(value);
  const { year = 0, month = 1, day = 1, hour = 0, minute = 0, second = 0 } = parts;
  return Date.UTC(year, month - 1, day, hour, minute, second) - Math.floor(epochMs / 1000) * 1000;
}

const offsetFormats = new Map<string, Intl.DateTimeFormat>();
function offsetFormat(): Intl.DateTimeFormat {
  const zone = timeZoneName();
  const known = offsetFormats.get(zone);
  if (known) return known;
  const format = new Intl.DateTimeFormat('en-US', {
    timeZone: zone,
    hourCycle: 'h23',
    year: 'numeric',
    month: 'numeric',
    day: 'numeric',
    hour: 'numeric',
    minute: 'numeric',
    second: 'numeric',
  });
  offsetFormats.set(zone, format);
  return format;
}

/** The time that clocks of the zone show at an instant, as if it were UTC. */
export function toWallClock(epochMs: number): number {
  return epochMs + offsetAt(epochMs);
}

/** The instant at which clocks of the zone show a time. At a change of clocks, the offset before or after it can apply. */
export function fromWallClock(wallMs: number): number {
  const guess = wallMs - offsetAt(wallMs);
  return wallMs - offsetAt(guess);
}

const DAY = 86_400_000;

/** Midnight in the zone, `days` after the day of an instant. */
export function midnight(epochMs: number, days = 0): number {
  const wall = toWallClock(epochMs);
  return fromWallClock(Math.floor(wall / DAY) * DAY + days * DAY);
}

export function isSameDay(a: number, b: number): boolean {
  return Math.floor(toWallClock(a) / DAY) === Math.floor(toWallClock(b) / DAY);
}

export function isSameYear(a: number, b: number): boolean {
  return new Date(toWallClock(a)).getUTCFullYear() === new Date(toWallClock(b)).getUTCFullYear();
}

import { afterEach, describe, expect, it } from 'vitest';
import { timeTicks } from '../charts/time-ticks.ts';
import { isTimeZone, midnight, offsetAt, setShownTimeZone } from './time-zone.ts';
import { formatInstant, parseLocalTime, printLocalTime } from './timestamp.ts';

afterEach(() => setShownTimeZone('local'));

const at = (text: string) => Date.parse(text);

describe.each([
  ['UTC', '2026-11-20T23:30:00Z', '2026-11-20 23:30:00', '2026-11-20T00:00:00Z'],
  ['Europe/Berlin', '2026-11-20T23:30:00Z', '2026-11-21 00:30:00', '2026-11-20T23:00:00Z'],
  ['Europe/Berlin', '2026-07-01T10:00:00Z', '2026-07-01 12:00:00', '2026-06-30T22:00:00Z'],
  ['Asia/Kathmandu', '2026-11-20T18:30:00Z', '2026-11-21 00:15:00', '2026-11-20T18:15:00Z'],
  ['America/St_Johns', '2026-11-20T02:00:00Z', '2026-11-19 22:30:00', '2026-11-19T03:30:00Z'],
] as const)('in %s, %s', (zone, instant, printed, dayStart) => {
  it(`is ${printed}, can be typed, and its day begins at ${dayStart}`, () => {
    setShownTimeZone(zone);
    expect(printLocalTime(at(instant))).toBe(printed);
    expect(parseLocalTime(printed)).toBe(at(instant));
    expect(midnight(at(instant))).toBe(at(dayStart));
    expect(parseLocalTime(printed.slice(0, 10))).toBe(at(dayStart));
    // A typed zone wins.
    expect(parseLocalTime(instant)).toBe(at(instant));
  });
});

it('an instant of today has no date, and today depends on the zone', () => {
  const now = at('2026-11-21T00:10:00Z');
  setShownTimeZone('UTC');
  expect(formatInstant(at('2026-11-20T23:30:00Z'), now)).toBe('Nov 20 23:30:00');
  setShownTimeZone('Europe/Berlin');
  expect(formatInstant(at('2026-11-20T23:30:00Z'), now)).toBe('00:30:00');
});

it('days of 23 and 25 hours have their midnights on the axis', () => {
  setShownTimeZone('Europe/Berlin');
  const spring = timeTicks(at('2026-03-28T12:00:00Z'), at('2026-03-31T12:00:00Z'), 5).map(({ ms }) => ms);
  expect(spring.map((ms) => new Date(ms).toISOString().slice(5, 16))).toEqual([
    '03-28T23:00',
    '03-29T22:00',
    '03-30T22:00',
  ]);
  expect(offsetAt(at('2026-03-29T00:59:59Z'))).toBe(3_600_000);
  expect(offsetAt(at('2026-03-29T01:00:00Z'))).toBe(7_200_000);
  // 02:30 does not exist on that day.
  expect([at('2026-03-29T00:30:00Z'), at('2026-03-29T01:30:00Z')]).toContain(
    parseLocalTime('2026-03-29 02:30:00'),
  );
});

it('names of zones are checked', () => {
  expect(['local', 'UTC', 'Asia/Tokyo', 'Mars/Base', '', 5].map(isTimeZone)).toEqual([
    ...[true, true, true, false, false, false],
  ]);
});

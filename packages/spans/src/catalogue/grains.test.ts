import { expect, it } from 'vitest';
import { autoGrain, countSteps, type Grain, stepStarts } from './grains.ts';

const HOUR = 3_600_000;
const DAY = 24 * HOUR;
const utc = (_ms: number) => 0;
/** Clocks of Berlin in March 2026: an hour before UTC, and two from 29 March 01:00 UTC. */
const berlin = (ms: number) => (ms < Date.UTC(2026, 2, 29, 1) ? HOUR : 2 * HOUR);

const starts = (grain: Grain, from: string, to: string, offsetAt = utc) =>
  stepStarts(grain, { fromMs: Date.parse(from), toMs: Date.parse(to) }, offsetAt).map((ms) =>
    new Date(ms).toISOString().slice(0, 16),
  );

it('begins with the step that contains the start of the range', () => {
  expect(starts('hour', '2026-03-01T10:20Z', '2026-03-01T12:20Z')).toEqual([
    '2026-03-01T10:00',
    '2026-03-01T11:00',
    '2026-03-01T12:00',
  ]);
  expect(starts('15minutes', '2026-03-01T10:20Z', '2026-03-01T10:45Z')).toEqual([
    '2026-03-01T10:15',
    '2026-03-01T10:30',
  ]);
});

it('begins days at midnight of the zone, also on the day with 23 hours', () => {
  expect(starts('day', '2026-03-28T12:00Z', '2026-03-30T23:00Z', berlin)).toEqual([
    '2026-03-27T23:00',
    '2026-03-28T23:00',
    '2026-03-29T22:00',
    '2026-03-30T22:00',
  ]);
});

it('begins weeks on Monday, and months on their first day', () => {
  expect(starts('week', '2026-03-28T12:00Z', '2026-04-07T00:00Z')).toEqual([
    '2026-03-23T00:00',
    '2026-03-30T00:00',
    '2026-04-06T00:00',
  ]);
  expect(starts('month', '2026-01-31T12:00Z', '2026-04-01T00:00Z')).toEqual([
    '2026-01-01T00:00',
    '2026-02-01T00:00',
    '2026-03-01T00:00',
  ]);
});

it('chooses the shortest grain with at most 62 steps', () => {
  expect(autoGrain(HOUR)).toBe('minute');
  expect(autoGrain(DAY)).toBe('hour');
  expect(autoGrain(7 * DAY)).toBe('6hours');
  expect(autoGrain(30 * DAY)).toBe('day');
  expect(autoGrain(3650 * DAY)).toBe('month');
  expect(countSteps('day', 7 * DAY)).toBe(7);
});

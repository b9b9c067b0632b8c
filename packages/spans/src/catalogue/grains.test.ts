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

it('begins a day after the jump of clocks that leave out its midnight', () => {
  /** Clocks of São Paulo in November 2018: three hours behind UTC, and two from 4 November 03:00 UTC. */
  const saoPaulo = (ms: number) => (ms < Date.UTC(2018, 10, 4, 3) ? -3 * HOUR : -2 * HOUR);
  expect(starts('day', '2018-11-03T12:00Z', '2018-11-05T03:00Z', saoPaulo)).toEqual([
    '2018-11-03T03:00',
    '2018-11-04T03:00',
    '2018-11-05T02:00',
  ]);
});

it('has no step for a day that a zone leaves out', () => {
  /** Clocks of Samoa in December 2011: ten hours behind UTC, and fourteen ahead of it from 30 December 10:00 UTC. */
  const samoa = (ms: number) => (ms < Date.UTC(2011, 11, 30, 10) ? -10 * HOUR : 14 * HOUR);
  expect(starts('day', '2011-12-28T12:00Z', '2012-01-01T00:00Z', samoa)).toEqual([
    '2011-12-28T10:00',
    '2011-12-29T10:00',
    '2011-12-30T10:00',
    '2011-12-31T10:00',
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

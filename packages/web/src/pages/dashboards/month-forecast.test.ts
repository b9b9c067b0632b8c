import { expect, it } from 'vitest';
import { forecastMonth } from './month-forecast.ts';

const DAY = 86_400_000;
const month = (todayMs: number, nowMs = todayMs + DAY / 2) => ({
  startMs: Date.UTC(2026, 10, 1),
  endMs: Date.UTC(2026, 11, 1),
  todayMs,
  nowMs,
});
const day = (date: number, usd: number) => ({ startMs: Date.UTC(2026, 10, date), usd });

it('adds the rest of today and the remaining days at the average of the last seven complete days', () => {
  // Seven days at $10, of which the first one is in October, and $4 so far today.
  const costs = [...[0, 1, 2, 3, 4, 5, 6].map((date) => day(date, 10)), day(7, 4)];
  const forecast = forecastMonth(costs, month(Date.UTC(2026, 10, 7)));
  expect(forecast).toEqual({ spentUsd: 64, usdPerDay: 10, days: 7, forecastUsd: 64 + 5 + 23 * 10 });
});

it('counts days without a call as days that cost nothing', () => {
  const forecast = forecastMonth([day(1, 14), day(8, 0)], month(Date.UTC(2026, 10, 8)));
  expect(forecast).toMatchObject({ usdPerDay: 2, days: 7 });
});

it('uses fewer days if there are no more', () => {
  expect(forecastMonth([day(3, 5)], month(Date.UTC(2026, 10, 4)))).toMatchObject({ usdPerDay: 5, days: 1 });
});

it('has no forecast before the first complete day', () => {
  expect(forecastMonth([day(4, 5)], month(Date.UTC(2026, 10, 4)))).toEqual({
    spentUsd: 5,
    usdPerDay: null,
    days: 0,
    forecastUsd: null,
  });
});

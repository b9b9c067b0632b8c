import { expect, it } from 'vitest';
import { timeTicks } from './time-ticks.ts';

const at = (text: string) => Date.parse(`2026-11-20T${text}`);
const labels = (from: number, to: number, most: number) =>
  timeTicks(from, to, most).map(({ label }) => label);

it('labels are round local times in 24 hours', () => {
  expect(labels(at('13:07:00'), at('15:40:00'), 6)).toEqual(['13:30', '14:00', '14:30', '15:00', '15:30']);
  expect(labels(at('13:07:12'), at('13:07:58'), 5)).toEqual(['13:07:20', '13:07:30', '13:07:40', '13:07:50']);
});

it('midnight has the date, and longer ranges have only dates', () => {
  expect(labels(at('18:00:00'), at('18:00:00') + 9 * 3_600_000, 4)).toEqual(['18:00', '21:00', 'Nov 21']);
  expect(labels(at('00:00:00'), at('00:00:00') + 4 * 86_400_000, 4)).toEqual([
    'Nov 20',
    'Nov 21',
    'Nov 22',
    'Nov 23',
  ]);
});

it('there are never more labels than asked for, plus one', () => {
  for (const seconds of [1, 59, 61, 3600, 86_400, 6e5, 4e6, 4e7, 4e8])
    expect(timeTicks(at('10:00:00'), at('10:00:00') + seconds * 1000, 6).length).toBeLessThanOrEqual(7);
});

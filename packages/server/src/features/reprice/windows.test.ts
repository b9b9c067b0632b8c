import { expect, it } from 'vitest';
import { windowsOf } from './windows.ts';

const start = { minute: 0, part: 0, parts: 1 };
const whole = (minute: number) => ({ minute, part: 0, parts: 1 });

it('minutes with few spans share a window, and one with many is split into parts of its traces', () => {
  const minutes = [
    { minute: 10, spans: 1500 },
    { minute: 11, spans: 2500 },
    { minute: 20, spans: 1 },
    { minute: 21, spans: 9000 },
    { minute: 30, spans: 5 },
  ];
  expect(windowsOf(minutes, start)).toEqual([
    { from: whole(10), lastMinute: 11, next: whole(12) },
    { from: whole(20), lastMinute: 20, next: whole(21) },
    { from: { minute: 21, part: 0, parts: 3 }, lastMinute: 21, next: { minute: 21, part: 1, parts: 3 } },
    { from: { minute: 21, part: 1, parts: 3 }, lastMinute: 21, next: { minute: 21, part: 2, parts: 3 } },
    { from: { minute: 21, part: 2, parts: 3 }, lastMinute: 21, next: whole(22) },
    { from: whole(30), lastMinute: 30, next: whole(31) },
  ]);
});

it('a minute that was begun keeps its number of parts, whatever arrived in it since', () => {
  const place = { minute: 21, part: 2, parts: 3 };
  expect(windowsOf([{ minute: 21, spans: 50_000 }], place)).toEqual([
    { from: place, lastMinute: 21, next: whole(22) },
  ]);
  expect(windowsOf([{ minute: 21, spans: 10 }], place)).toHaveLength(1);
});

it('nothing is left at the end', () => {
  expect(windowsOf([], start)).toEqual([]);
});

import { expect, it } from 'vitest';
import { highest, lineSegments, roundUp, stackSteps } from './stacked-steps.ts';

const series = [{ values: [1, null, 3] }, { values: [2, 5, 0] }];

it('stacks the series of each step and leaves out what is absent or zero', () => {
  expect(stackSteps(series, 3)).toEqual([
    [
      { series: 0, from: 0, to: 1 },
      { series: 1, from: 1, to: 3 },
    ],
    [{ series: 1, from: 0, to: 5 }],
    [{ series: 0, from: 0, to: 3 }],
  ]);
  expect([highest(series, 3, true), highest(series, 3, false)]).toEqual([5, 5]);
  expect(highest([], 3, true)).toBe(0);
});

it('rounds the top of a scale up', () => {
  expect([0, 1, 1.01, 0.0034, 73, 99, 812].map(roundUp)).toEqual([1, 1, 2, 0.004, 80, 100, 1000]);
});

it('interrupts a line where a value is missing', () => {
  expect(lineSegments([1, 2, null, 4])).toEqual([
    [
      { x: 0, y: 1 },
      { x: 1, y: 2 },
    ],
    [{ x: 3, y: 4 }],
  ]);
});

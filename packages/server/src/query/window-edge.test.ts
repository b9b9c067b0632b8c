import { expect, it } from 'vitest';
import { MINUTE_NS } from './project-scope.ts';
import { windowEdge } from './window-edge.ts';

const HOUR_NS = 60n * MINUTE_NS;
/** A day with 2,400 rows and the next day with 24,000. */
const PARTITIONS = [
  { firstNs: 0n, lastNs: 24n * HOUR_NS - 1n, rows: 2_400 },
  { firstNs: 24n * HOUR_NS, lastNs: 48n * HOUR_NS - 1n, rows: 24_000 },
];
const ALL = { low: 0n, high: 48n * HOUR_NS };

it('a window ends where the partitions are expected to contain the wanted number of rows, rounded to a minute', () => {
  expect(windowEdge(PARTITIONS, { ...ALL, newestFirst: true }, 2_000)).toBe(46n * HOUR_NS - MINUTE_NS);
  expect(windowEdge(PARTITIONS, { ...ALL, newestFirst: false }, 200)).toBe(2n * HOUR_NS + MINUTE_NS);
});

it('a window spans several partitions if the first has too few rows', () => {
  expect(windowEdge(PARTITIONS, { ...ALL, newestFirst: true }, 25_000)).toBe(14n * HOUR_NS - MINUTE_NS);
});

it('a range with fewer rows than wanted has no edge', () => {
  expect(windowEdge(PARTITIONS, { ...ALL, newestFirst: true }, 30_000)).toBeUndefined();
  expect(windowEdge(PARTITIONS, { low: 0n, high: HOUR_NS, newestFirst: false }, 101)).toBeUndefined();
  expect(windowEdge([], { ...ALL, newestFirst: true }, 10)).toBeUndefined();
});

it.each([true, false])(
  'windows end, even if all rows have the same start, newest first: %s',
  (newestFirst) => {
    const at = 90n * MINUTE_NS + 7n;
    const partitions = [{ firstNs: at, lastNs: at, rows: 1_000_000 }];
    let [low, high] = [0n, 10n * HOUR_NS];
    let windows = 0;
    for (let isRest = false; !isRest && windows < 100; windows += 1) {
      const edge = windowEdge(partitions, { low, high, newestFirst }, 500);
      isRest = edge === undefined;
      if (edge === undefined) continue;
      expect(edge >= low && edge <= high).toBe(true);
      if (newestFirst) high = edge;
      else low = edge;
    }
    expect(windows).toBe(2);
  },
);

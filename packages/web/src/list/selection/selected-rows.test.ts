import { expect, it } from 'vitest';
import { extendTo, type ListedTargets, NOTHING_SELECTED, toggleAll, toggleRow } from './selected-rows.ts';

const ROWS: ListedTargets = ['a', 'b', 'c', 'd', 'e'].map((id) => [id, { type: 'trace', traceId: id }]);
const keysOf = ({ targets }: { targets: ReadonlyMap<string, unknown> }) =>
  [...targets.keys()].sort().join('');

it('a row is selected and deselected, and the others stay', () => {
  const one = toggleRow(NOTHING_SELECTED, ROWS, 'b');
  const two = toggleRow(one, ROWS, 'd');
  expect([keysOf(one), keysOf(two), keysOf(toggleRow(two, ROWS, 'b'))]).toEqual(['b', 'bd', 'd']);
  expect(keysOf(toggleRow(two, ROWS, 'unknown'))).toBe('bd');
});

it('a range is extended from the last toggled row, in both directions', () => {
  const from = toggleRow(NOTHING_SELECTED, ROWS, 'c');
  expect(keysOf(extendTo(from, ROWS, 'e'))).toBe('cde');
  expect(keysOf(extendTo(extendTo(from, ROWS, 'e'), ROWS, 'a'))).toBe('abcde');
  expect(keysOf(extendTo(NOTHING_SELECTED, ROWS, 'd'))).toBe('d');
});

it('all rows are selected, and none if all were', () => {
  const some = toggleRow(NOTHING_SELECTED, ROWS, 'b');
  expect(keysOf(toggleAll(some, ROWS))).toBe('abcde');
  expect(keysOf(toggleAll(toggleAll(some, ROWS), ROWS))).toBe('');
});

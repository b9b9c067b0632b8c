import { parseFilter } from '@throughline/spans';
import { expect, test } from 'vitest';
import { choiceOf, joinFilters } from './saved-view.ts';

const NOW = Date.parse('2026-11-20T12:00:00Z');

test.each([
  [{}, { from: '2026-11-19T12:00:00.000Z' }],
  [
    { range: '7d', q: 'status:error', sort: '-costUsd' },
    { from: '2026-11-13T12:00:00.000Z', filter: 'status:error', sort: '-costUsd' },
  ],
  [{ range: '15m' }, { from: '2026-11-20T11:45:00.000Z' }],
  [{ range: 'forever' }, { from: '2026-11-19T12:00:00.000Z' }],
  [
    { from: '2026-11-01T00:00:00.000Z', to: '2026-11-02T00:00:00.000Z' },
    { from: '2026-11-01T00:00:00.000Z', to: '2026-11-02T00:00:00.000Z' },
  ],
])('a view with %j chooses the list of its page', (search, expected) => {
  expect(choiceOf(search, NOW)).toEqual(expected);
});

test('the filter of the command line narrows the one of the view', () => {
  expect(joinFilters('a OR b', 'c')).toBe('(a OR b) (c)');
  expect(parseFilter('(a OR b) (c)')).toMatchObject({ ok: true });
  expect(joinFilters('a', undefined)).toBe('a');
  expect(joinFilters(undefined, 'c')).toBe('c');
  expect(joinFilters(undefined, undefined)).toBeUndefined();
});

import { expect, it } from 'vitest';
import { formatElapsed, isStale, showOpen } from './running.ts';

it.each([
  [-5, '0 s'],
  [999, '0 s'],
  [12_900, '12 s'],
  [59_999, '59 s'],
  [60_000, '1 m 00 s'],
  [125_000, '2 m 05 s'],
  [11_520_000, '3 h 12 m'],
])('%d ms have elapsed as %s', (ms, text) => {
  expect(formatElapsed(ms)).toBe(text);
});

it('after an hour without news nobody says that something runs', () => {
  expect(isStale(3_600_000, 0)).toBe(false);
  expect(isStale(3_600_001, 0)).toBe(true);
  expect(showOpen(12_000, false).text).toBe('12 s');
  expect(showOpen(90_000_000, true)).toEqual({
    text: 'no end',
    exact: 'It began 1 d 1 h ago and no end has come. Its process may have stopped.',
  });
});

import { isStale } from '@throughline/spans';
import { expect, it } from 'vitest';
import { formatElapsed, showOpen } from './running.ts';

it.each([
  [-5, '0 s'],
  [999, '0 s'],
  [12_900, '12 s'],
  [59_999, '59 s'],
  [60_000, '1 m 00 s'],
  [125_000, '2 m 05 s'],
  [11_520_000, '3 h 12 m'],
])('shows an elapsed time of %d ms as %s', (ms, text) => {
  expect(formatElapsed(ms)).toBe(text);
});

it('something unfinished is stale after an hour without news, and is no longer called running', () => {
  expect(isStale(3_600_000, 0)).toBe(false);
  expect(isStale(3_600_001, 0)).toBe(true);
  expect(showOpen(12_000, false)).toEqual({
    stale: false,
    text: '12 s',
    sentence: 'running for 12 s',
    exact: 'Running for 12 s. It has not ended yet.',
  });
  expect(showOpen(90_000_000, true)).toEqual({
    stale: true,
    text: 'no end',
    sentence: 'never ended',
    exact: 'Started 1 d 1 h ago and never ended. Its process may have stopped.',
  });
});

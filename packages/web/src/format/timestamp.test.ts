import { describe, expect, it } from 'vitest';
import { parseLocalTime, printLocalTime } from './timestamp.ts';

describe('times that a user types', () => {
  const TIME = new Date(2026, 10, 20, 14, 5, 9).getTime();

  it('are printed with 24 hours and parsed back', () => {
    expect(printLocalTime(TIME)).toBe('2026-11-20 14:05:09');
    expect(parseLocalTime('2026-11-20 14:05:09')).toBe(TIME);
  });

  it.each([
    [' 2026-11-20T14:05:09 ', TIME],
    ['2026-11-20 14:05', TIME - 9000],
    ['2026-11-20', new Date(2026, 10, 20).getTime()],
    ['2026-11-20T14:05:09Z', Date.UTC(2026, 10, 20, 14, 5, 9)],
    ['20', Number.NaN],
    ['2026-11-20 noon', Number.NaN],
    ['', Number.NaN],
  ])('are understood: %j', (text, epochMs) => {
    expect(parseLocalTime(text)).toBe(epochMs);
  });
});

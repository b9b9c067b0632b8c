import { describe, expect, it } from 'vitest';
import { formatCost, formatDuration, formatTokens } from './format.ts';

describe('formatDuration', () => {
  it.each([
    [0, '0 ms'],
    [-3, '0 ms'],
    [Number.NaN, '0 ms'],
    [0.0004, '1 µs'],
    [0.42, '420 µs'],
    [0.9996, '1.0 ms'],
    [3.21, '3.2 ms'],
    [9.96, '10 ms'],
    [35, '35 ms'],
    [999.4, '999 ms'],
    [999.6, '1.00 s'],
    [1400, '1.40 s'],
    [12_345, '12.3 s'],
    [59_949, '59.9 s'],
    [59_950, '1 m 00 s'],
    [125_000, '2 m 05 s'],
    [11_520_000, '3 h 12 m'],
    [187_200_000, '2 d 4 h'],
  ])('shows %d ms as %s', (ms, text) => {
    expect(formatDuration(ms)).toBe(text);
  });
});

describe('formatCost', () => {
  it.each([
    [0, '$0'],
    [0.00000048, '<$0.0001'],
    [0.0001, '$0.000100'],
    [0.0019, '$0.00190'],
    [0.019, '$0.0190'],
    [0.0912, '$0.0912'],
    [0.5, '$0.500'],
    [0.9996, '$1.00'],
    [1.239, '$1.24'],
    [41.2, '$41.2'],
    [124.4, '$124'],
    [1240, '$1,240'],
    [-0.019, '−$0.0190'],
  ])('shows %d as %s', (usd, text) => {
    expect(formatCost(usd)).toBe(text);
  });
});

describe('formatTokens', () => {
  it('groups thousands', () => {
    expect(formatTokens(4283)).toBe('4,283 tok');
    expect(formatTokens(24)).toBe('24 tok');
  });
});

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { isoTimestampOf, parseTimestamp } from './timestamps.ts';

describe('parseTimestamp', () => {
  it.each([
    ['1970-01-01', 0n],
    ['2026-11-20T10:00:00Z', 1_795_168_800_000_000_000n],
    ['2026-11-20T10:00', 1_795_168_800_000_000_000n],
    ['2026-11-20 11:00:00+01:00', 1_795_168_800_000_000_000n],
    ['2026-11-20t05:30:00-0430', 1_795_168_800_000_000_000n],
    ['2026-11-20T10:00:00.5Z', 1_795_168_800_500_000_000n],
    ['2026-11-20T10:00:00.000000001Z', 1_795_168_800_000_000_001n],
  ])('reads %s', (text, ns) => {
    expect(parseTimestamp(text)).toBe(ns);
  });

  it.each([
    '',
    'now',
    '2026',
    '2026-13-01',
    '2026-02-30',
    '2026-11-20T25:00',
    '1969-12-31',
    '2263-01-01',
    '1795168800',
    '2026-11-20T10:00:00.0000000001Z',
    "2026-11-20' OR 1",
  ])('rejects %j', (text) => {
    expect(parseTimestamp(text)).toBeUndefined();
  });

  it('parses every time that isoTimestampOf prints', () => {
    fc.assert(
      fc.property(fc.bigInt({ min: 0n, max: 2n ** 63n - 1n }), (ns) => {
        expect(parseTimestamp(isoTimestampOf(ns))).toBe(ns);
      }),
    );
  });
});

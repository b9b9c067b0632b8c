import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createOffsetReader, millisecondsBetween, parseTimestamp } from './timestamp.ts';

const at = (text: string) => parseTimestamp(text) ?? { epochMs: Number.NaN, nanos: Number.NaN };

describe('parsing timestamps', () => {
  it('keeps every nanosecond', () => {
    expect(at('2026-11-20T10:00:00.123456789Z')).toEqual({
      epochMs: Date.UTC(2026, 10, 20, 10, 0, 0, 123),
      nanos: 456_789,
    });
  });

  it('measures differences below a microsecond', () => {
    expect(
      millisecondsBetween(at('2026-11-20T10:00:00.000000001Z'), at('2026-11-20T10:00:01.000000003Z')),
    ).toBe(1000.000002);
  });

  it('reads any fraction of up to nine digits', () => {
    fc.assert(
      fc.property(fc.nat(999_999_999), fc.integer({ min: 1, max: 9 }), (fraction, digits) => {
        const text = String(fraction).padStart(9, '0').slice(0, digits);
        const { epochMs, nanos } = at(`2026-11-20T10:00:00.${text}Z`);
        expect((epochMs % 1000) * 1e6 + nanos).toBe(Number(text.padEnd(9, '0')));
      }),
    );
  });

  it.each(['', 'now', '2026-11-20', '2026-13-40T10:00:00Z', '2026-11-20T10:00:00'])('rejects %j', (text) => {
    expect(parseTimestamp(text)).toBeNull();
  });

  it('gives the same result one by one and with the offset reader', () => {
    const origin = at('2026-11-20T10:00:00.000000007Z');
    const read = createOffsetReader(origin);
    const texts = fc
      .tuple(fc.nat(59), fc.nat(999_999_999), fc.constantFrom('Z', '+01:00', 'x'))
      .map(
        ([second, fraction, zone]) =>
          `2026-11-20T10:00:${String(second).padStart(2, '0')}.${String(fraction).padStart(9, '0')}${zone}`,
      );
    fc.assert(
      fc.property(texts, (text) => {
        const instant = parseTimestamp(text);
        const offset = read(text);
        if (!instant) expect(offset).toBeNull();
        else expect(offset).toBeCloseTo(millisecondsBetween(origin, instant), 6);
      }),
    );
  });
});

import fc from 'fast-check';
import { expect, it } from 'vitest';
import { decodeCursor, encodeCursor } from './cursor.ts';

it('a cursor reads as it was written', () => {
  fc.assert(
    fc.property(fc.bigInt({ min: 0n, max: 2n ** 63n }), fc.string({ unit: 'grapheme' }), (value, traceId) => {
      const cursor = { sort: '-startTime', value: String(value), traceId };
      const text = encodeCursor(cursor);
      expect(text).toMatch(/^[\w-]+$/);
      expect(decodeCursor(text, '-startTime')).toEqual(cursor);
    }),
  );
});

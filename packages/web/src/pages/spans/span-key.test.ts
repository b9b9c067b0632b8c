import fc from 'fast-check';
import { expect, it } from 'vitest';
import { parseSpanKey, spanKey } from './span-key.ts';

it('a key of a span is parsed back to its ids, whatever characters they have', () => {
  const id = fc.string({ minLength: 1, unit: 'grapheme' });
  fc.assert(
    fc.property(id, id, (traceId, spanId) => {
      expect(parseSpanKey(spanKey({ traceId, spanId }))).toEqual({ traceId, spanId });
    }),
  );
  expect(parseSpanKey('100%')).toEqual({ traceId: '100%', spanId: '' });
});

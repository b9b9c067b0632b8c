import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type Cursor, decodeCursor, encodeCursor, MAX_CURSOR_LENGTH } from './cursor.ts';

const nanoseconds = fc.bigInt({ min: 0n, max: 2n ** 63n - 1n }).map(String);

it('a cursor is decoded as it was encoded', () => {
  const arbitrary = fc.record<Cursor>(
    {
      sort: fc.constant('-startTime'),
      value: nanoseconds,
      id: fc.string({ unit: 'grapheme' }),
      asOf: nanoseconds,
    },
    { requiredKeys: ['sort', 'value', 'id'] },
  );
  fc.assert(
    fc.property(arbitrary, (cursor) => {
      const text = encodeCursor(cursor);
      expect(text).toMatch(/^[\w-]+$/);
      expect(decodeCursor(text, '-startTime', 'nanoseconds')).toEqual({ ...cursor });
    }),
  );
});

it('a cursor with the longest id is not longer than the limit of a request', () => {
  const longest = {
    sort: '-totalTokens',
    value: `-${'9'.repeat(26)}.${'9'.repeat(12)}`,
    id: '\0'.repeat(800),
  };
  expect(encodeCursor({ ...longest, asOf: String(2n ** 63n - 1n) }).length).toBeLessThan(MAX_CURSOR_LENGTH);
});

describe('a cursor that the server did not issue is rejected', () => {
  const raw = (fields: unknown) => Buffer.from(JSON.stringify(fields)).toString('base64url');
  it.each([
    ['a time with a fraction', ['s', '1.5', 'id'], 'nanoseconds'],
    ['a time beyond 64 bits', ['s', '9223372036854775808', 'id'], 'nanoseconds'],
    ['a time before 1970', ['s', '-1', 'id'], 'nanoseconds'],
    ['a number of 27 digits', ['s', '9'.repeat(27), 'id'], 'decimal'],
    ['more than twelve decimals', ['s', '0.1234567890123', 'id'], 'decimal'],
    ['an exponent', ['s', '1e9', 'id'], 'decimal'],
    ['a number that is not text', ['s', 1, 'id'], 'decimal'],
    ['a snapshot with a fraction', ['s', '1', 'id', '1.5'], 'nanoseconds'],
    ['two fields', ['s', '1'], 'nanoseconds'],
    ['five fields', ['s', '1', 'id', '1', '1'], 'nanoseconds'],
    ['an object', { 0: 's' }, 'nanoseconds'],
  ] as const)('%s', (_what, fields, type) => {
    expect(() => decodeCursor(raw(fields), 's', type)).toThrow(
      expect.objectContaining({ code: 'invalid-cursor' }),
    );
  });
});

import fc from 'fast-check';
import { expect, test } from 'vitest';
import { embed } from './embedding.ts';

const length = (vector: readonly number[]) => Math.hypot(...vector);

test('any text with a word has a vector of unit length, and always the same one', () => {
  fc.assert(
    fc.property(fc.string(), fc.integer({ min: 1, max: 512 }), (text, dimensions) => {
      const vector = embed(`lighthouse ${text}`, dimensions);
      expect(vector).toHaveLength(dimensions);
      // Words can cancel each other out in very few dimensions.
      if (length(vector) !== 0) expect(length(vector)).toBeCloseTo(1, 5);
      expect(embed(`lighthouse ${text}`, dimensions)).toEqual(vector);
    }),
  );
});

test('a text without words is the zero vector, not NaN', () => {
  expect(embed('?!', 4)).toEqual([0, 0, 0, 0]);
});

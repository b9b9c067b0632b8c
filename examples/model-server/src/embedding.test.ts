import fc from 'fast-check';
import { expect, test } from 'vitest';
import { embed } from './embedding.ts';

const length = (vector: readonly number[]) => Math.hypot(...vector);

test('the vector of a text with words has unit length and is always the same', () => {
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

test('the vector of a text without words is zero, not NaN', () => {
  expect(embed('?!', 4)).toEqual([0, 0, 0, 0]);
});

import fc from 'fast-check';
import { expect, it } from 'vitest';
import { BoundedCache } from './bounded-cache.ts';

it('keeps entries until it is full, then removes the oldest', () => {
  const cache = new BoundedCache<number>({ maxBytes: 3 * 102 });
  for (const [index, key] of ['a', 'b', 'c'].entries()) cache.set(key, index);
  cache.set('a', 9);
  cache.set('d', 3);
  expect(['a', 'b', 'c', 'd'].map((key) => cache.get(key))).toEqual([9, undefined, 2, 3]);
  expect(cache.values()).toEqual([2, 9, 3]);
});

it('does not cache keys or values that are too large, and removes the entry that they replace', () => {
  const cache = new BoundedCache<number>({ maxBytes: 10_000, maxKeyLength: 5 });
  cache.set('short', 1);
  cache.set('longer', 2);
  expect([cache.get('short'), cache.get('longer')]).toEqual([1, undefined]);
  cache.set('short', 3, 20_000);
  expect([cache.get('short'), cache.sizeBytes]).toEqual([undefined, 0]);
});

it('never exceeds its maximum size, and has size 0 after all entries are deleted', () => {
  const step = fc.record({ key: fc.string({ maxLength: 300 }), bytes: fc.nat(400), isDelete: fc.boolean() });
  fc.assert(
    fc.property(fc.array(step, { maxLength: 50 }), (steps) => {
      const cache = new BoundedCache<number>({ maxBytes: 2000 });
      for (const { key, bytes, isDelete } of steps) {
        if (isDelete) cache.delete(key);
        else cache.set(key, bytes, bytes);
        expect(cache.sizeBytes).toBeLessThanOrEqual(2000);
      }
      for (const { key } of steps) cache.delete(key);
      expect([cache.sizeBytes, cache.values()]).toEqual([0, []]);
    }),
  );
});

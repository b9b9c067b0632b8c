import { expect, it } from 'vitest';
import { BatchSize } from './batch-size.ts';

it('grows by a factor of two at most, up to the rows that fit', () => {
  const size = new BatchSize({ first: 10, maxRows: 100, targetBytes: 1000 });
  size.onResult(10, 10);
  expect(size.rows).toBe(20);
  size.onResult(20, 20);
  size.onResult(40, 40);
  size.onResult(80, 80);
  expect(size.rows).toBe(100);
});

it('shrinks at once if rows are large', () => {
  const size = new BatchSize({ first: 100, targetBytes: 1000 });
  size.onResult(100, 100_000);
  expect(size.rows).toBe(1);
});

it('shrinks after a query that was too large, until a single row is', () => {
  const size = new BatchSize({ first: 64 });
  expect([size.onTooLarge(), size.rows]).toEqual([true, 8]);
  expect([size.onTooLarge(), size.rows]).toEqual([true, 1]);
  expect(size.onTooLarge()).toBe(false);
});

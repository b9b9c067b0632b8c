import fc from 'fast-check';
import { expect, test } from 'vitest';
import { calculate, lookupOrder } from './tools.ts';

test.each([
  ['1 + 2', 3],
  ['89.90 + 4.90', 94.8],
  ['2 * 3 + 4', 10],
  ['10 - 4 / 2', 8],
  ['3', 3],
])('%s is %d', async (expression, result) => {
  expect(await calculate.run({ expression })).toEqual({ expression, result });
});

test('a sum of products of integers equals the result of JavaScript', async () => {
  const terms = fc.array(fc.tuple(fc.nat(99), fc.nat(99)), { minLength: 1, maxLength: 5 });
  await fc.assert(
    fc.asyncProperty(terms, async (pairs) => {
      const expression = pairs.map(([a, b]) => `${a} * ${b}`).join(' + ');
      const result = pairs.reduce((sum, [a, b]) => sum + a * b, 0);
      expect(await calculate.run({ expression })).toEqual({ expression, result });
    }),
  );
});

test('dividing by zero is an error', async () => {
  await expect(calculate.run({ expression: '1 / 0' })).rejects.toThrow('Expected a finite result');
});

test('an order is found by its number, and archived orders throw', async () => {
  expect(await lookupOrder.run({ orderId: 'A-1001' })).toMatchObject({
    orderId: 'A-1001',
    status: 'shipped',
  });
  await expect(lookupOrder.run({ orderId: 'X-1001' })).rejects.toThrow('refused the connection');
  await expect(lookupOrder.run({ orderId: '7' })).rejects.toThrow('Expected an order number');
});

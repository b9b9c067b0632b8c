import { expect, it } from 'vitest';
import { retryAfterSeconds } from './retry-after.ts';

it('waits are spread over whole seconds, both ends included', () => {
  const waits = new Set(
    Array.from({ length: 500 }, () => retryAfterSeconds({ minSeconds: 1, maxSeconds: 3 })),
  );
  expect([...waits].sort()).toEqual([1, 2, 3]);
});

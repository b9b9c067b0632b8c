import { expect, test } from 'vitest';
import { RetryQueue } from './retry-queue.ts';

test('each item has its own delay, which doubles after every failure up to half a minute', () => {
  let now = 0;
  const retryQueue = new RetryQueue<string>(() => now);
  expect([retryQueue.waitMs, retryQueue.takeDue()]).toEqual([undefined, undefined]);
  const waits: unknown[] = [];
  retryQueue.add('a');
  for (let failures = 0; failures < 9; failures += 1) {
    const { waitMs = Number.NaN } = retryQueue;
    waits.push(waitMs);
    now += waitMs - 1;
    expect(retryQueue.takeDue()).toBeUndefined();
    now += 1;
    expect(retryQueue.takeDue()).toBe('a');
    retryQueue.add('a');
  }
  expect(waits).toEqual([200, 400, 800, 1_600, 3_200, 6_400, 12_800, 25_600, 30_000]);
});

test('the item that has been due for the longest time is first, and a success resets its delay', () => {
  let now = 0;
  const retryQueue = new RetryQueue<string>(() => now);
  retryQueue.add('a');
  now = 100;
  retryQueue.add('b');
  now = 600;
  expect([retryQueue.takeDue(), retryQueue.takeDue(), retryQueue.takeDue()]).toEqual(['a', 'b', undefined]);
  retryQueue.forget('a');
  retryQueue.add('a');
  retryQueue.add('b');
  expect(retryQueue.waitMs).toBe(200);
  now = 800;
  expect(retryQueue.takeDue()).toBe('a');
  expect(retryQueue.waitMs).toBe(200);
});

test('all items can be made due at once, and keep their delays if they fail again', () => {
  let now = 0;
  const retryQueue = new RetryQueue<string>(() => now);
  retryQueue.add('a');
  now = 200;
  retryQueue.takeDue();
  retryQueue.add('a');
  retryQueue.makeDue();
  expect([retryQueue.waitMs, retryQueue.takeDue()]).toEqual([0, 'a']);
  retryQueue.add('a');
  expect([retryQueue.waitMs, retryQueue.takeAll(), retryQueue.waitMs]).toEqual([800, ['a'], undefined]);
});

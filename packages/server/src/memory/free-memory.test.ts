import { expect, test } from 'vitest';
import { freeMemory } from './free-memory.ts';

test('bytes with their own memory are released', () => {
  const bytes = new Uint8Array(1 << 20).fill(7);
  freeMemory(bytes);
  expect([bytes.length, bytes.buffer.byteLength]).toEqual([0, 0]);
});

test('bytes that share their memory are not changed', () => {
  const whole = new Uint8Array([1, 2, 3]);
  freeMemory(whole.subarray(1));
  expect([...whole]).toEqual([1, 2, 3]);
  const shared = new Uint8Array(new SharedArrayBuffer(2));
  freeMemory(shared);
  expect(shared.length).toBe(2);
});

test('freeing twice does nothing', () => {
  const bytes = new Uint8Array(8);
  freeMemory(bytes);
  freeMemory(bytes);
  expect(bytes.length).toBe(0);
});

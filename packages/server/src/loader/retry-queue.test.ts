import { expect, test } from 'vitest';
import { SetAside } from './retry-queue.ts';

test('each waits for itself, twice as long after every failure, and at most half a minute', () => {
  let now = 0;
  const setAside = new SetAside<string>(() => now);
  expect([setAside.waitMs, setAside.takeDue()]).toEqual([undefined, undefined]);
  const waits: unknown[] = [];
  setAside.add('a');
  for (let failures = 0; failures < 9; failures += 1) {
    const { waitMs = Number.NaN } = setAside;
    waits.push(waitMs);
    now += waitMs - 1;
    expect(setAside.takeDue()).toBeUndefined();
    now += 1;
    expect(setAside.takeDue()).toBe('a');
    setAside.add('a');
  }
  expect(waits).toEqual([200, 400, 800, 1_600, 3_200, 6_400, 12_800, 25_600, 30_000]);
});

test('the one that is due for longest comes first, and what succeeded begins anew', () => {
  let now = 0;
  const setAside = new SetAside<string>(() => now);
  setAside.add('a');
  now = 100;
  setAside.add('b');
  now = 600;
  expect([setAside.takeDue(), setAside.takeDue(), setAside.takeDue()]).toEqual(['a', 'b', undefined]);
  setAside.forget('a');
  setAside.add('a');
  setAside.add('b');
  expect(setAside.waitMs).toBe(200);
  now = 800;
  expect(setAside.takeDue()).toBe('a');
  expect(setAside.waitMs).toBe(200);
});

test('all may be tried at once when the reason is over, and go on as before where it is not', () => {
  let now = 0;
  const setAside = new SetAside<string>(() => now);
  setAside.add('a');
  now = 200;
  setAside.takeDue();
  setAside.add('a');
  setAside.makeDue();
  expect([setAside.waitMs, setAside.takeDue()]).toEqual([0, 'a']);
  setAside.add('a');
  expect([setAside.waitMs, setAside.takeAll(), setAside.waitMs]).toEqual([800, ['a'], undefined]);
});

import { expect, it } from 'vitest';
import { PendingTraces, type SettledTrace } from './pending-traces.ts';

const TIMES = { quietMs: 3, quietWithoutRootMs: 100, maxWaitMs: 1000 };
const trace = (traceId: string, version: number): SettledTrace => ({
  project: 'p',
  traceId,
  version: BigInt(version),
  fromNs: 5n,
  toNs: 9n,
});
const ids = (pending: PendingTraces, nowMs: number) => pending.due(nowMs, 10).map(({ traceId }) => traceId);
const only = (pending: PendingTraces, nowMs: number) => {
  const [due, ...others] = pending.due(nowMs, 10);
  if (!due || others.length > 0) throw new Error('expected one trace that is due');
  return due;
};

it('a trace is finished when its root has ended and it has been quiet for a while', () => {
  const pending = new PendingTraces(TIMES, 10);
  pending.add(trace('a', 1), 0);
  pending.add(trace('a', 2), 2);
  expect([ids(pending, 4), ids(pending, 5)]).toEqual([[], ['a']]);
  expect(pending.isFinished(only(pending, 5), true, 5)).toBe(true);
});

it('a trace whose root has not ended waits longer, from its newest span', () => {
  const pending = new PendingTraces(TIMES, 10);
  pending.add(trace('a', 1), 0);
  expect(pending.isFinished(only(pending, 3), false, 3)).toBe(false);
  expect([ids(pending, 99), ids(pending, 100)]).toEqual([[], ['a']]);
  pending.add(trace('a', 2), 99);
  expect(pending.isFinished(only(pending, 102), false, 102)).toBe(false);
  expect([ids(pending, 198), ids(pending, 199)]).toEqual([[], ['a']]);
  expect(pending.isFinished(only(pending, 199), false, 199)).toBe(true);
});

it('a trace that never becomes quiet is reported after the maximum time', () => {
  const pending = new PendingTraces(TIMES, 10);
  for (let now = 0; now <= 1000; now += 2) pending.add(trace('a', now), now);
  expect(pending.isFinished(only(pending, 1000), false, 1000)).toBe(true);
});

it('a trace that got spans while it was reported stays', () => {
  const pending = new PendingTraces(TIMES, 10);
  pending.add(trace('a', 1), 0);
  const due = only(pending, 3);
  pending.add(trace('a', 2), 4);
  pending.remove(due);
  expect([pending.size, ids(pending, 7)]).toEqual([1, ['a']]);
  pending.remove(only(pending, 7));
  expect(pending.size).toBe(0);
});

it('the floor is the lowest version that is not finished, or follows the newest', () => {
  const pending = new PendingTraces(TIMES, 10);
  expect(pending.floor).toBe(1n);
  pending.add(trace('a', 50), 0);
  pending.add(trace('b', 40), 0);
  expect(pending.floor).toBe(40n);
  for (const due of pending.due(9, 10)) pending.remove(due, due.version + 7n);
  expect(pending.floor).toBe(58n);
});

it('above the limit, the floor keeps the place of the traces that are not held', () => {
  const pending = new PendingTraces(TIMES, 2);
  for (const [id, version] of [
    ['a', 10],
    ['b', 20],
    ['c', 30],
    ['d', 25],
  ] as const)
    pending.add(trace(id, version), 0);
  expect([pending.size, pending.overflow]).toEqual([2, 25n]);
  for (const due of pending.due(9, 10)) pending.remove(due);
  expect(pending.floor).toBe(25n);
  pending.overflowFrom(undefined);
  expect(pending.floor).toBe(31n);
});

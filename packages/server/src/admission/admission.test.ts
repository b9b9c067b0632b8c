import { eventually } from '@throughline/tests/eventually';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { Admission, groupOf, type MemoryReservation } from './admission.ts';

const overloaded = expect.objectContaining({ code: 'overloaded', retryAfterSeconds: expect.any(Number) });
const isAdmitted = async (reservation: MemoryReservation): Promise<boolean> => {
  const never = new Promise<boolean>((resolve) => setImmediate(() => resolve(false)));
  return reservation.admitted === undefined || Promise.race([reservation.admitted.then(() => true), never]);
};

test('one group alone can use two thirds of the memory, and a new group finds room', async () => {
  const admission = new Admission({ maxBytes: 90 });
  const first = Array.from({ length: 6 }, () => admission.enter('noisy', 10));
  expect(first.map(({ admitted }) => admitted)).toEqual(Array(6).fill(undefined));
  const seventh = admission.enter('noisy', 10);
  expect([admission.bytes, admission.waiting, await isAdmitted(seventh)]).toEqual([60, 1, false]);
  expect(await isAdmitted(admission.enter('quiet', 30))).toBe(true);
  expect(admission.bytes).toBe(90);
});

test('a single request of any size is admitted', () => {
  const admission = new Admission({ maxBytes: 90 });
  expect(admission.enter('a', 1000).admitted).toBeUndefined();
});

test('the waiting group with the least memory is next, and its requests keep their order', async () => {
  const admission = new Admission({ maxBytes: 90 });
  const held = [admission.enter('noisy', 50), admission.enter('other', 30)];
  const order: string[] = [];
  for (const name of ['noisy', 'noisy', 'other', 'quiet', 'quiet'])
    void admission.enter(name, 20).admitted?.then(() => order.push(name));
  held[0]?.leave();
  await eventually('the number of admitted requests', () => order.length).toBe(2);
  expect(order).toEqual(['noisy', 'quiet']);
  expect(admission.waiting).toBe(3);
});

test('small requests of other groups do not overtake a waiting large one', async () => {
  const admission = new Admission({ maxBytes: 100 });
  const held = [admission.enter('a', 40), admission.enter('b', 40)];
  const large = admission.enter('c', 70);
  const small = admission.enter('d', 10);
  held[0]?.leave();
  expect([await isAdmitted(large), await isAdmitted(small)]).toEqual([false, false]);
  held[1]?.leave();
  expect([await isAdmitted(large), await isAdmitted(small)]).toEqual([true, true]);
});

test('a request that waits too long is rejected with a retry time', async () => {
  const admission = new Admission({ maxBytes: 10, maxWaitMs: 20 });
  const holder = admission.enter('a', 10);
  const late = admission.enter('a', 5);
  await expect(late.admitted).rejects.toEqual(overloaded);
  late.leave();
  holder.leave();
  expect([admission.bytes, admission.waiting]).toEqual([0, 0]);
});

test('if too many requests wait, the last one of the largest group is rejected', async () => {
  const admission = new Admission({ maxBytes: 10 });
  admission.enter('noisy', 10);
  const noisy = Array.from({ length: 16 }, () => admission.enter('noisy', 10));
  expect(() => admission.enter('noisy', 10)).toThrow(/16 requests are already waiting/);
  const quiet = admission.enter('quiet', 10);
  await expect(noisy[15]?.admitted).rejects.toEqual(overloaded);
  expect([admission.waiting, await isAdmitted(quiet)]).toEqual([16, false]);
});

test('a body that is larger than expected waits for room before other requests', async () => {
  const admission = new Admission({ maxBytes: 100 });
  const growing = admission.enter('a', 10);
  const other = admission.enter('b', 60);
  expect(growing.grow(40)).toBeUndefined();
  const grown = growing.grow(80);
  const newcomer = admission.enter('c', 10);
  expect(await isAdmitted(newcomer)).toBe(false);
  other.leave();
  await grown;
  expect([growing.bytes, await isAdmitted(newcomer)]).toEqual([80, true]);
  growing.settle(15);
  expect(admission.bytes).toBe(25);
});

test('rows that wait for the journal count, and no more rows are created while they fill the limit', () => {
  const admission = new Admission({ maxBytes: 100 });
  let calls = 0;
  admission.onLeave(() => calls++);
  const [packed, other] = [admission.enter('a', 10), admission.enter('b', 10)];
  expect(admission.hasRoomForRows).toBe(true);
  packed.becomeRows(300);
  expect([admission.bytes, admission.hasRoomForRows]).toEqual([310, false]);
  packed.leave();
  expect([admission.bytes, admission.hasRoomForRows, calls]).toEqual([10, true, 1]);
  other.leave();
  expect(admission.bytes).toBe(0);
});

test('after any sequence of events, the bytes are those of the admitted requests, and every request is settled', async () => {
  const step = fc.record({
    group: fc.constantFrom('a', 'b', 'c'),
    bytes: fc.integer({ min: 0, max: 60 }),
    action: fc.constantFrom('enter', 'leave', 'grow', 'settle', 'rows'),
    which: fc.nat(20),
  });
  await fc.assert(
    fc.asyncProperty(fc.array(step, { maxLength: 60 }), async (steps) => {
      const admission = new Admission({ maxBytes: 100, maxWaitMs: 60_000 });
      const reservations: MemoryReservation[] = [];
      const outcomes: Promise<string>[] = [];
      const note = (promise: Promise<void> | undefined): void => {
        if (promise)
          outcomes.push(
            promise.then(
              () => 'in',
              () => 'refused',
            ),
          );
      };
      for (const { group, bytes, action, which } of steps) {
        const reservation = reservations[which % Math.max(1, reservations.length)];
        if (action === 'enter' || !reservation) {
          try {
            const entered = admission.enter(group, bytes);
            reservations.push(entered);
            note(entered.admitted);
          } catch (error) {
            expect(error).toEqual(overloaded);
          }
        } else if (action === 'leave') reservation.leave();
        else if (reservation.bytes > 0) {
          if (action === 'grow') note(reservation.grow(bytes));
          else if (action === 'settle') reservation.settle(bytes);
          else reservation.becomeRows(bytes);
        }
        expect(admission.bytes).toBe(reservations.reduce((sum, each) => sum + each.bytes, 0));
      }
      for (const reservation of reservations) reservation.leave();
      expect([admission.bytes, admission.waiting, admission.hasRoomForRows]).toEqual([0, 0, true]);
      await Promise.all(outcomes);
    }),
  );
});

test('the group of a request is its project, otherwise its address', () => {
  expect([groupOf('a', '::1'), groupOf(undefined, '::1'), groupOf(undefined, undefined)]).toEqual([
    'project a',
    'address ::1',
    'address ',
  ]);
});

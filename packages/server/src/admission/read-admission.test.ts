import fc from 'fast-check';
import { expect, test } from 'vitest';
import { waitFor } from '../../../../tests/support/wait-for.ts';
import { ReadAdmission, type Reading } from './read-admission.ts';

const overloaded = expect.objectContaining({ code: 'overloaded', retryAfterSeconds: expect.any(Number) });

/** Records the names of requests in the order in which they are admitted. */
function createLog() {
  const order: string[] = [];
  const enter = (admission: ReadAdmission, name: string, group: string): Reading => {
    const reading = admission.enter(group);
    if (reading.admitted)
      void reading.admitted.then(
        () => order.push(name),
        () => order.push(`${name} refused`),
      );
    else order.push(name);
    return reading;
  };
  return { order, enter };
}
const settled = () => new Promise((resolve) => setImmediate(resolve));

test('a few requests read at the same time, and the others follow in order', async () => {
  const admission = new ReadAdmission({ maxReading: 2 });
  const { order, enter } = createLog();
  const reads = ['a', 'b', 'c', 'd'].map((name) => enter(admission, name, 'group'));
  expect([order, admission.reading, admission.waiting]).toEqual([['a', 'b'], 2, 2]);
  reads[1]?.answer(10);
  await settled();
  expect([order, admission.reading, admission.answerBytes]).toEqual([['a', 'b', 'c'], 2, 10]);
  for (const read of reads) read.leave();
  await settled();
  expect([admission.reading, admission.waiting, admission.answerBytes]).toEqual([0, 0, 0]);
});

test('groups take turns even if one of them has many requests', async () => {
  const admission = new ReadAdmission({ maxReading: 1 });
  const { order, enter } = createLog();
  const reads = ['n1', 'n2', 'n3', 'n4', 'q1', 'q2'].map((name) =>
    enter(admission, name, name.startsWith('n') ? 'noisy' : 'quiet'),
  );
  for (const name of ['n1', 'n2', 'q1', 'n3', 'q2', 'n4']) {
    await waitFor(name, () => order.includes(name));
    reads[['n1', 'n2', 'n3', 'n4', 'q1', 'q2'].indexOf(name)]?.leave();
  }
  expect(order.slice(0, 4)).toEqual(['n1', 'n2', 'q1', 'n3']);
});

test('a request that waits too long is rejected with a retry time', async () => {
  const admission = new ReadAdmission({ maxReading: 1, maxWaitMs: 20 });
  admission.enter('a');
  await expect(admission.enter('a').admitted).rejects.toEqual(overloaded);
  expect([admission.waiting, admission.refused]).toEqual([0, 1]);
});

test('if too many requests wait, the newest one of the largest group is rejected', async () => {
  const admission = new ReadAdmission({ maxReading: 1, maxWaiting: 3 });
  admission.enter('noisy');
  const noisy = [1, 2, 3].map(() => admission.enter('noisy'));
  expect(() => admission.enter('noisy')).toThrow(/3 reads are already waiting/);
  admission.enter('quiet');
  await expect(noisy[2]?.admitted).rejects.toEqual(overloaded);
  expect([admission.waiting, admission.refused]).toEqual([3, 2]);
});

test('a client that does not read its responses has to wait; others wait only once the limit is reached', async () => {
  const admission = new ReadAdmission({ maxReading: 4, maxAnswerBytes: 100 });
  const silent = admission.enter('silent');
  silent.answer(60);
  const again = admission.enter('silent');
  expect(again.admitted).toBeDefined();
  const other = admission.enter('other');
  await expect(other.admitted ?? Promise.resolve()).resolves.toBeUndefined();
  other.answer(50);
  expect(admission.enter('third').admitted).toBeDefined();
  silent.leave();
  await again.admitted;
  expect([admission.answerBytes, admission.waiting]).toEqual([50, 0]);
});

test('a client that disconnects while it waits is not counted as rejected', async () => {
  const admission = new ReadAdmission({ maxReading: 1 });
  admission.enter('a');
  const gone = admission.enter('a');
  gone.leave();
  await expect(gone.admitted).rejects.toEqual(overloaded);
  expect([admission.waiting, admission.refused]).toEqual([0, 0]);
});

test('after any sequence of events, every request is settled and nothing is reserved in the end', async () => {
  const step = fc.record({
    group: fc.constantFrom('a', 'b', 'c'),
    action: fc.constantFrom('enter', 'answer', 'leave'),
    bytes: fc.nat(80),
    which: fc.nat(20),
  });
  await fc.assert(
    fc.asyncProperty(fc.array(step, { maxLength: 60 }), async (steps) => {
      const admission = new ReadAdmission({
        maxReading: 2,
        maxWaiting: 5,
        maxWaitMs: 60_000,
        maxAnswerBytes: 100,
      });
      const reads: Reading[] = [];
      const outcomes: Promise<unknown>[] = [];
      for (const { group, action, bytes, which } of steps) {
        const read = reads[which % Math.max(1, reads.length)];
        if (action === 'enter' || !read) {
          try {
            const entered = admission.enter(group);
            reads.push(entered);
            outcomes.push((entered.admitted ?? Promise.resolve()).catch((error: unknown) => error));
          } catch (error) {
            expect(error).toEqual(overloaded);
          }
        } else if (action === 'answer') read.answer(bytes);
        else read.leave();
        expect(admission.reading).toBeLessThanOrEqual(2);
        expect(admission.waiting).toBeLessThanOrEqual(5);
      }
      for (const read of reads) read.leave();
      await Promise.all(outcomes);
      expect([admission.reading, admission.waiting, admission.answerBytes]).toEqual([0, 0, 0]);
    }),
  );
});

test('a read that belongs to no request waits for its turn, and releases it even if it fails', async () => {
  const admission = new ReadAdmission({ maxReading: 1 });
  const finish = Promise.withResolvers<string>();
  const first = admission.run('sdk', () => finish.promise);
  const second = admission.run('sdk', async () => {
    throw new Error('the store is away');
  });
  expect([admission.reading, admission.waiting]).toEqual([1, 1]);
  finish.resolve('found');
  expect(await first).toBe('found');
  await expect(second).rejects.toThrow('the store is away');
  expect([admission.reading, admission.waiting]).toEqual([0, 0]);
});

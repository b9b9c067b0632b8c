import fc from 'fast-check';
import { expect, test } from 'vitest';
import { FairQueue } from './fair-queue.ts';

const drain = (queue: FairQueue<string>): string[] => {
  const items: string[] = [];
  for (let item = queue.shift(); item !== undefined; item = queue.shift()) items.push(item);
  return items;
};

test('items of one group are returned in order', () => {
  const queue = new FairQueue<string>();
  for (const item of ['1', '2', '3']) queue.push('a', 5, item);
  expect([queue.size, drain(queue), queue.size, queue.shift()]).toEqual([3, ['1', '2', '3'], 0, undefined]);
});

test('groups take turns even if one of them has many items', () => {
  const queue = new FairQueue<string>();
  for (let index = 0; index < 5; index++) queue.push('noisy', 10, `n${index}`);
  queue.push('quiet', 10, 'q0');
  queue.push('quiet', 10, 'q1');
  expect(drain(queue)).toEqual(['n0', 'q0', 'n1', 'q1', 'n2', 'n3', 'n4']);
});

test('groups share by weight, not by the number of items', () => {
  const queue = new FairQueue<string>();
  for (let index = 0; index < 3; index++) queue.push('large', 30, `l${index}`);
  for (let index = 0; index < 6; index++) queue.push('small', 10, `s${index}`);
  expect(drain(queue)).toEqual(['l0', 's0', 's1', 's2', 'l1', 's3', 's4', 's5', 'l2']);
});

test('a group that joins late is neither ahead nor behind', () => {
  const queue = new FairQueue<string>();
  for (let index = 0; index < 8; index++) queue.push('a', 10, `a${index}`);
  for (let index = 0; index < 4; index++) queue.shift();
  for (let index = 0; index < 4; index++) queue.push('b', 10, `b${index}`);
  expect(drain(queue)).toEqual(['b0', 'a4', 'b1', 'a5', 'b2', 'a6', 'b3', 'a7']);
});

test('a group that always adds one new item gets no more than its share', () => {
  const queue = new FairQueue<string>();
  for (let index = 0; index < 10; index++) queue.push('steady', 10, 's');
  queue.push('returning', 100, 'r');
  const served: string[] = [];
  for (let turn = 0; turn < 14; turn++) {
    const item = queue.shift() as string;
    served.push(item);
    queue.push(item === 'r' ? 'returning' : 'steady', item === 'r' ? 100 : 10, item);
  }
  expect(served.filter((item) => item === 'r')).toHaveLength(2);
});

test('every item is returned once, in the order of its group', () => {
  const actions = fc.array(fc.tuple(fc.constantFrom('a', 'b', 'c'), fc.nat(100), fc.boolean()));
  fc.assert(
    fc.property(actions, (list) => {
      const queue = new FairQueue<string>();
      const out: string[] = [];
      list.forEach(([group, weight, takes], index) => {
        queue.push(group, weight, `${group}${String(index).padStart(6, '0')}`);
        if (takes) out.push(queue.shift() as string);
      });
      out.push(...drain(queue));
      expect(out).toHaveLength(list.length);
      for (const group of ['a', 'b', 'c']) {
        const own = out.filter((item) => item.startsWith(group));
        expect(own).toEqual(own.toSorted());
      }
    }),
  );
});

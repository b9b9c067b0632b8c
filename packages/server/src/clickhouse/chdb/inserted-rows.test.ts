import { describe, expect, test } from 'vitest';
import { InsertedRows } from './inserted-rows.ts';

/** A store that counts the rows that are inserted into it. */
function store() {
  let counted = 100n;
  const rows = new InsertedRows(async () => counted);
  return {
    rows,
    insert: (count: number) => async () => {
      counted += BigInt(count);
    },
  };
}

describe('InsertedRows', () => {
  test('accepts loads if their rows were counted', async () => {
    const { rows, insert } = store();
    await rows.check(3, insert(3));
    await rows.check(0, insert(0));
    await rows.check(7, insert(7));
  });

  test('reports the expected and the actual number of rows', async () => {
    const { rows, insert } = store();
    await expect(rows.check(5, insert(4))).rejects.toThrow('5 rows expected, 4 read');
    await rows.check(1, insert(1));
  });

  test('checks overlapping loads together, after the last of them', async () => {
    const { rows, insert } = store();
    const gate = Promise.withResolvers<void>();
    const order: string[] = [];
    const slow = rows.check(2, async () => {
      await gate.promise;
      await insert(2)();
      order.push('inserted');
    });
    const quick = rows.check(3, insert(3)).then(() => order.push('checked'));
    gate.resolve();
    await Promise.all([slow, quick]);
    expect(order).toEqual(['inserted', 'checked']);
    const both = await Promise.allSettled([rows.check(2, insert(2)), rows.check(3, insert(1))]);
    expect(both.map(({ status }) => status)).toEqual(['rejected', 'rejected']);
  });

  test('a failed load also fails the loads that overlap with it, but not later ones', async () => {
    const { rows, insert } = store();
    const results = await Promise.allSettled([
      rows.check(2, insert(2)),
      rows.check(3, async () => {
        throw new Error('no disk');
      }),
    ]);
    expect(results.map((result) => result.status === 'rejected' && result.reason.message)).toEqual([
      'a load at the same time failed, so the rows cannot be counted',
      'no disk',
    ]);
    await rows.check(1, insert(1));
  });

  test('a load that overlaps with an insert of unknown size is accepted unless rows are missing', async () => {
    const { rows, insert } = store();
    await Promise.all([rows.check(2, insert(2)), rows.uncounted(insert(40))]);
    const lost = await Promise.allSettled([rows.check(5, insert(1)), rows.uncounted(insert(3))]);
    expect(lost.map(({ status }) => status)).toEqual(['rejected', 'fulfilled']);
    const failed = await Promise.allSettled([
      rows.check(2, insert(2)),
      rows.uncounted(() => Promise.reject(new Error('too large'))),
    ]);
    expect(failed.map(({ status }) => status)).toEqual(['fulfilled', 'rejected']);
    await expect(rows.check(2, insert(3))).rejects.toThrow('2 rows expected, 3 read');
  });

  test('a load fails if the count cannot be read', async () => {
    const rows = new InsertedRows(() => Promise.reject(new Error('away')));
    await expect(rows.check(1, async () => {})).rejects.toThrow('away');
  });
});

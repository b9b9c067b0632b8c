import { afterAll, beforeAll, expect, test } from 'vitest';
import { openTestStore, type TestStore } from '../testing/test-store.ts';
import { projectsOfTrace } from './projects-of-trace.ts';

let store: TestStore;
beforeAll(async () => {
  store = await openTestStore();
  const other = Array.from({ length: 40_000 }, (_, index) => ({ trace_id: `t${index}`, span_id: 's' }));
  await store.insertSpans(...other);
  await store.insertSpans(
    { project: 'small', trace_id: 'shared', span_id: 'a' },
    { project: 'large', trace_id: 'shared', span_id: 'b' },
    { project: 'large', trace_id: 'shared', span_id: 'c' },
  );
});
afterAll(() => store.close());

test('the projects of a trace are found by its id alone, sorted by their number of spans', async () => {
  expect(await projectsOfTrace(store.engine, 'shared')).toEqual(['large', 'small']);
  expect(await projectsOfTrace(store.engine, 't7')).toEqual(['p']);
  expect(await projectsOfTrace(store.engine, 'nothing')).toEqual([]);
});

test('the search reads few granules for any number of traces', async () => {
  const plan = await store.engine.query<{ explain: string }>(
    `EXPLAIN indexes = 1 SELECT project FROM spans WHERE trace_id = {id:String} GROUP BY project`,
    { id: 't7' },
  );
  // Each index has a line `Granules: read/before`. The last one shows the number that are read.
  const granules = plan
    .flatMap(({ explain }) => /Granules: (\d+)\/(\d+)/.exec(explain)?.slice(1) ?? [])
    .map(Number);
  expect([granules.at(-2), Math.max(...granules) >= 3]).toEqual([1, true]);
});

import { afterAll, beforeAll, expect, it } from 'vitest';
import { openTestStore, type TestStore } from '../testing/test-store.ts';
import { settleHistory } from './settle-history.ts';

let store: TestStore;
beforeAll(async () => {
  store = await openTestStore();
});
afterAll(() => store.close());

it('traces of older spans are settled, even across midnight, and only once', async () => {
  // Days near the creation of the store have their own partitions.
  const ago = (days: number) => new Date(Date.now() - days * 86_400_000).toISOString().slice(0, 10);
  const at = (days: number) => ({ start: `${ago(days)} 23:59:50`, version: `${Date.now()}000000` });
  await store.insertSpans(
    { trace_id: 'short', span_id: 'a', ...at(4) },
    { trace_id: 'long', span_id: 'a', ...at(4), parent_span_id: 'b' },
    { trace_id: 'long', span_id: 'b', ...at(2), name: 'root' },
    { project: 'other', trace_id: 'long', span_id: 'b', ...at(3), name: 'foreign' },
  );
  const rows = () =>
    store.engine.query(
      'SELECT project, trace_id, name, span_count, toString(toDate(start)) AS day FROM traces FINAL ORDER BY project, trace_id',
    );
  const truth = await rows();
  expect(truth).toEqual([
    { project: 'other', trace_id: 'long', name: 'foreign', span_count: 1, day: ago(3) },
    { project: 'p', trace_id: 'long', name: 'root', span_count: 2, day: ago(4) },
    { project: 'p', trace_id: 'short', name: 'span', span_count: 1, day: ago(4) },
  ]);
  await store.engine.command('TRUNCATE TABLE traces');
  const progress: number[] = [];
  await settleHistory(store.engine, { onProgress: ({ done }) => progress.push(done) });
  expect(await rows()).toEqual(truth);
  expect(progress).toEqual([0, 1, 2, 3]);

  await store.engine.command('TRUNCATE TABLE traces');
  await settleHistory(store.engine);
  expect(await rows()).toEqual([]);
  await settleHistory(store.engine, { all: true });
  expect(await rows()).toEqual(truth);
});

import { afterAll, beforeAll, expect, it } from 'vitest';
import { openTestStore, type TestStore } from '../testing/test-store.ts';
import { settleHistory } from './settle-history.ts';

let store: TestStore;
beforeAll(async () => {
  store = await openTestStore();
});
afterAll(() => store.close());

it('spans from before there were settled traces get their rows, also over midnight, and only once', async () => {
  const day = (number: number) => `2026-11-${number} 23:59:50`;
  await store.insertSpans(
    { trace_id: 'short', span_id: 'a', start: day(18) },
    { trace_id: 'long', span_id: 'a', start: day(18), parent_span_id: 'b' },
    { trace_id: 'long', span_id: 'b', start: day(20), name: 'root' },
    { project: 'other', trace_id: 'long', span_id: 'b', start: day(19), name: 'foreign' },
  );
  const rows = () =>
    store.engine.query(
      'SELECT project, trace_id, name, span_count, toString(toDate(start)) AS day FROM traces FINAL ORDER BY project, trace_id',
    );
  const truth = await rows();
  expect(truth).toEqual([
    { project: 'other', trace_id: 'long', name: 'foreign', span_count: 1, day: '2026-11-19' },
    { project: 'p', trace_id: 'long', name: 'root', span_count: 2, day: '2026-11-18' },
    { project: 'p', trace_id: 'short', name: 'span', span_count: 1, day: '2026-11-18' },
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

import { afterAll, beforeAll, expect, it } from 'vitest';
import { encodeEvents } from '../tables/payload-codec.ts';
import { openTestStore, type TestStore } from '../testing/test-store.ts';
import { rebuildSearchTexts } from './rebuild-search-texts.ts';

let store: TestStore;
beforeAll(async () => {
  store = await openTestStore();
});
afterAll(() => store.close());

const DAY_MS = 86_400_000;
/** Rows of an earlier version, without a search text. */
const old = (days: number, input: Record<string, string>, more: Record<string, unknown> = {}) => ({
  span_id: 's',
  start: new Date(Date.now() - days * DAY_MS).toISOString().slice(0, 19).replace('T', ' '),
  version: `${Date.now()}000000`,
  input,
  search_text: '',
  ...more,
});

it('rows of earlier versions get the text that they would have now, once', async () => {
  const events = encodeEvents([
    {
      name: 'exception',
      timeUnixNano: 1n,
      attributes: new Map([['exception.message', 'Zeitüberschreitung']]),
      droppedAttributesCount: 0,
    },
  ]);
  await store.insertSpans({ trace_id: 'a', span_id: 's', name: 'Answer', version: `${Date.now()}000000` });
  await store.insertPayloads(
    old(1, { 'input.value': 'Größe' }, { trace_id: 'a', events }),
    old(3, { 'input.value': '你好吗' }, { trace_id: 'b' }),
    old(1, { 'input.value': 'foreign' }, { trace_id: 'a', project: 'other' }),
    old(1, {}, { trace_id: 'empty' }),
    { trace_id: 'new', span_id: 's', search_text: 'kept' },
  );
  await store.engine.command(`INSERT INTO logs FORMAT JSONEachRow
${JSON.stringify({ project: 'p', trace_id: 'c', span_id: 's', time: '2026-11-20 10:00:00', event_name: 'gen_ai.user.message', body: '{"content":"Ein Sch\\u00fcler"}', attributes: '{}', content_hash: 5, version: 1 })}
`);
  const texts = (table: string) =>
    store.engine.query<{ project: string; trace_id: string; search_text: string }>(
      `SELECT project, trace_id, search_text FROM ${table} FINAL ORDER BY project, trace_id`,
    );
  const progress: string[] = [];
  await rebuildSearchTexts(store.engine, {
    onProgress: ({ table, done, of }) => progress.push(`${table} ${done} of ${of}`),
  });
  const rebuilt = [
    { project: 'other', trace_id: 'a', search_text: 'foreign' },
    { project: 'p', trace_id: 'a', search_text: 'answer\u0001grosse\u0001zeituberschreitung' },
    { project: 'p', trace_id: 'b', search_text: ' 你好 好吗 吗' },
    { project: 'p', trace_id: 'empty', search_text: '\u0001' },
    { project: 'p', trace_id: 'new', search_text: 'kept' },
  ];
  expect(await texts('payloads')).toEqual(rebuilt);
  expect(await texts('logs')).toEqual([{ project: 'p', trace_id: 'c', search_text: 'ein schuler' }]);
  expect(progress).toEqual(['payloads 0 of 3', 'payloads 1 of 3', 'payloads 2 of 3', 'logs 0 of 1']);

  await store.insertPayloads(old(1, { 'input.value': 'later' }, { trace_id: 'x' }));
  await rebuildSearchTexts(store.engine);
  expect(await texts('payloads')).toEqual([...rebuilt, { project: 'p', trace_id: 'x', search_text: '' }]);
});

it('a rebuild that was stopped continues where it was', async () => {
  await store.engine.command("ALTER TABLE payloads MODIFY COMMENT ''");
  const aborted = AbortSignal.abort();
  await rebuildSearchTexts(store.engine, { signal: aborted });
  const missing = () =>
    store.engine.query("SELECT trace_id FROM payloads FINAL WHERE search_text = '' ORDER BY trace_id");
  expect(await missing()).toEqual([{ trace_id: 'x' }]);
  await rebuildSearchTexts(store.engine);
  expect(await missing()).toEqual([]);
});

import { waitFor } from '@throughline/tests/wait-for';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { openTestStore, type TestStore } from '../testing/test-store.ts';
import { indexSearchTexts } from './index-search-texts.ts';

let store: TestStore;
beforeAll(async () => {
  store = await openTestStore();
});
afterAll(() => store.close());

const found = (word: string) =>
  store.engine.query<{ n: string }>(
    `SELECT count() AS n FROM payloads WHERE hasAllTokens(search_text, ['${word}'])`,
  );

it('parts that no merge reached get their index once, and are searched before and after', async () => {
  await store.engine.command('SYSTEM STOP MERGES payloads');
  for (const word of ['first', 'second'])
    await store.engine.command(`INSERT INTO payloads (project, trace_id, span_id, start, search_text)
      SETTINGS exclude_materialize_skip_indexes_on_insert = 'search_text_index', optimize_on_insert = 0
      SELECT 'p', toString(number), 's', '2026-11-20 10:00:00', '${word} word' FROM numbers(2000)`);
  expect(await found('first')).toEqual([{ n: '2000' }]);
  expect(await indexSearchTexts(store.engine)).toBe(0);
  // The parts are new, so only a negative age makes them idle.
  expect(await indexSearchTexts(store.engine, -10, 5_000)).toBe(0);
  await store.engine.command('SYSTEM START MERGES payloads');
  expect(await indexSearchTexts(store.engine, -10)).toBe(1);
  await waitFor('the index to be built', async () => {
    const [running] = await store.engine.query<{ n: string }>(
      'SELECT count() AS n FROM system.mutations WHERE NOT is_done',
    );
    return running?.n === '0';
  });
  const [index] = await store.engine.query<{ bytes: string }>(
    `SELECT data_compressed_bytes AS bytes FROM system.data_skipping_indices
     WHERE database = currentDatabase() AND table = 'payloads' AND name = 'search_text_index'`,
  );
  expect(Number(index?.bytes)).toBeGreaterThan(0);
  expect(await indexSearchTexts(store.engine, -10)).toBe(0);
  expect(await found('first')).toEqual([{ n: '2000' }]);
  expect(await found('word')).toEqual([{ n: '4000' }]);
});

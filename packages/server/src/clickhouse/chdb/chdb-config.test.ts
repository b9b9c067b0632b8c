import { afterAll, beforeAll, expect, it } from 'vitest';
import { openTestStore, type TestStore } from '../../testing/test-store.ts';

let store: TestStore;
beforeAll(async () => {
  store = await openTestStore();
});
afterAll(() => store.close());

interface Part {
  readonly codec: string;
  readonly type: string;
}

const parts = (table: string) =>
  store.engine.query<Part>(
    `SELECT default_compression_codec AS codec, part_type AS type FROM system.parts
     WHERE database = currentDatabase() AND table = '${table}' AND active ORDER BY name`,
  );

it('content is compressed quickly in one file by loads, and thoroughly by merges', async () => {
  await store.engine.command('SYSTEM STOP MERGES payloads');
  for (const trace of ['a', 'b'])
    await store.engine.command(`INSERT INTO payloads (project, trace_id, span_id, start, search_text)
      SELECT 'p', concat('${trace}', toString(number)), 's', now(), hex(randomString(3000)) FROM numbers(1000)`);
  expect(await parts('payloads')).toEqual([
    { codec: 'ZSTD(1)', type: 'Compact' },
    { codec: 'ZSTD(1)', type: 'Compact' },
  ]);
  await store.engine.command('SYSTEM START MERGES payloads');
  await store.engine.command('OPTIMIZE TABLE payloads FINAL');
  expect(await parts('payloads')).toMatchObject([{ codec: 'ZSTD(3)' }]);
});

it('facts are not affected by it', async () => {
  await store.engine.command(
    "INSERT INTO spans (project, trace_id, span_id, start) SELECT 'p', 't', toString(number), now() FROM numbers(10)",
  );
  await store.engine.command('OPTIMIZE TABLE spans FINAL');
  expect(await parts('spans')).toMatchObject([{ codec: 'LZ4' }]);
});

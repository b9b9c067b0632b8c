import { mkdtemp, open, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pino } from 'pino';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { openRelational } from '../../relational/open-relational.ts';
import { parsePostgresUrl } from '../../relational/postgres-address.ts';
import { checkRelational } from './check-relational.ts';

let dataDir: string;
beforeEach(async () => {
  dataDir = await mkdtemp(join(tmpdir(), 'throughline-doctor-'));
});
afterEach(() => rm(dataDir, { recursive: true, force: true }));

const openStore = () => openRelational({ dataDir, log: pino({ level: 'silent' }) });

test('a data folder without saved views is in order', async () => {
  expect(await checkRelational({ dataDir })).toEqual([
    { level: 'ok', text: 'No views or links were saved yet.' },
  ]);
});

test('a database that a server uses is examined, and stays usable', async () => {
  const store = openStore();
  await store.use((db) => db.selectFrom('views').selectAll().execute());
  const ok = [{ level: 'ok', text: 'The database of saved views and links is not damaged.' }];
  expect(await checkRelational({ dataDir })).toEqual(ok);
  expect(await store.use((db) => db.selectFrom('views').selectAll().execute())).toEqual([]);
  await store.close();
  expect(await checkRelational({ dataDir })).toEqual(ok);
});

test('a damaged database is reported with what can be done', async () => {
  const store = openStore();
  await store.use(async () => {});
  await store.close();
  const path = join(dataDir, 'relational', 'throughline.sqlite');
  const { size } = await stat(path);
  const file = await open(path, 'r+');
  // The first page stays, so that the file is still recognised as a database.
  await file.write(Buffer.alloc(size - 4096, 0xff), 0, size - 4096, 4096);
  await file.close();
  const [finding] = await checkRelational({ dataDir });
  expect(finding).toMatchObject({
    level: 'problem',
    text: expect.stringContaining('The database of saved views and links is damaged: '),
    advice: [expect.stringContaining('copy the folder relational from the backup'), expect.any(String)],
  });
});

test('a Postgres that does not respond is reported without its password', async () => {
  const postgres = parsePostgresUrl('postgres://ann:secret@127.0.0.1:1/traces');
  const [finding] = await checkRelational({ dataDir, postgres });
  expect(finding).toMatchObject({
    level: 'problem',
    text: expect.stringContaining('postgres://127.0.0.1:1/traces are not available. '),
  });
  expect(JSON.stringify(finding)).not.toContain('secret');
});

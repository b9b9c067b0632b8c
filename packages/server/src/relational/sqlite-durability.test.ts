import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { sql } from 'kysely';
import { pino } from 'pino';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { openRelational } from './open-relational.ts';

const PROGRAM = fileURLToPath(new URL('../testing/write-views.ts', import.meta.url));
const log = pino({ level: 'silent' });

let dataDir: string;
beforeEach(async () => {
  dataDir = await mkdtemp(join(tmpdir(), 'throughline-durability-'));
});
afterEach(() => rm(dataDir, { recursive: true, force: true }));

/** Lets a process save views, ends it with `kill -9` after `count` of them, and returns the ids that it reported. */
async function saveAndKill(count: number): Promise<string[]> {
  const child = spawn(process.execPath, ['--conditions=throughline-source', PROGRAM, dataDir], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const ended = once(child, 'exit');
  const saved: string[] = [];
  for await (const line of createInterface({ input: child.stdout })) {
    saved.push(line);
    if (saved.length === count) child.kill('SIGKILL');
  }
  await ended;
  return saved;
}

test('views that were saved are there after kill -9, and each page has one default', async () => {
  const saved: string[] = [];
  for (const count of [1, 40, 150]) saved.push(...(await saveAndKill(count)));
  expect(saved.length).toBeGreaterThanOrEqual(191);
  const relational = openRelational({ dataDir, log });
  const found = await relational.use(async (db) => ({
    ids: (await db.selectFrom('views').select('id').execute()).map(({ id }) => id),
    defaults: await db.selectFrom('views').select('project').where('is_default', '=', 1).execute(),
    check: (await sql<{ integrity_check: string }>`PRAGMA integrity_check`.execute(db)).rows,
  }));
  await relational.close();
  expect(found.ids).toEqual(expect.arrayContaining(saved));
  expect(found.defaults).toEqual([{ project: 'shop' }]);
  expect(found.check).toEqual([{ integrity_check: 'ok' }]);
});

test('a commit is synced to the disk', async () => {
  const relational = openRelational({ dataDir, log });
  const settings = await relational.use(async (db) => ({
    ...(await sql<{ synchronous: number }>`PRAGMA synchronous`.execute(db)).rows[0],
    ...(await sql<{ journal_mode: string }>`PRAGMA journal_mode`.execute(db)).rows[0],
  }));
  await relational.close();
  // 2 means FULL.
  expect(settings).toEqual({ synchronous: 2, journal_mode: 'wal' });
});

test.skipIf(process.platform === 'win32')('only the user of the server can read the database', async () => {
  const relational = openRelational({ dataDir, log });
  await relational.use(async () => {});
  expect((await stat(join(dataDir, 'relational'))).mode & 0o777).toBe(0o700);
  await relational.close();
});

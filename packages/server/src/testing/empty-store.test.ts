import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { openChdbEngine } from '../clickhouse/chdb/chdb-engine.ts';
import { migrate, readMigrations } from '../clickhouse/migrate.ts';
import { SCHEMA_FOLDER } from '../tables/schema-folder.ts';
import { createTables } from './create-tables.ts';
import { copyEmptyStore } from './empty-store.ts';

const TABLES = `SELECT name, create_table_query FROM system.tables WHERE database = currentDatabase() ORDER BY name`;

async function tablesOf(prepare: (dataDir: string) => Promise<void>): Promise<unknown[]> {
  const dataDir = await mkdtemp(join(tmpdir(), 'throughline-empty-store-'));
  await prepare(dataDir);
  const engine = await openChdbEngine({ dataDir });
  try {
    if (prepare === copyEmptyStore)
      expect(await migrate(engine, await readMigrations(SCHEMA_FOLDER))).toEqual([]);
    else await createTables(engine);
    return await engine.query(TABLES);
  } finally {
    await engine.close();
    await rm(dataDir, { recursive: true, force: true });
  }
}

it('has the tables that the migrations create', async () => {
  const copied = await tablesOf(copyEmptyStore);
  expect(copied.length).toBeGreaterThan(5);
  expect(copied).toEqual(await tablesOf(async () => {}));
});

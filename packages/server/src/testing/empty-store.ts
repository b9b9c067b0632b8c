import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { cp, mkdir, mkdtemp, readdir, readFile, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { SCHEMA_FOLDER } from '../tables/schema-folder.ts';
import { createTables } from './create-tables.ts';

const CACHE = fileURLToPath(new URL('../../../../node_modules/.cache/empty-stores/', import.meta.url));
/** A store depends on the migrations, and on the code that applies them. */
const SOURCES = [SCHEMA_FOLDER, new URL('../clickhouse/', import.meta.url)];
/** The folder of the embedded store within the data folder. */
const STORE = 'clickhouse';

/**
 * Puts an embedded store with all tables and no rows into a data folder that has no store yet. The migrations create it
 * once, and then it is copied, because they take most of the time of a small test.
 */
export async function copyEmptyStore(dataDir: string): Promise<void> {
  if (existsSync(join(dataDir, STORE))) return;
  const template = join(CACHE, await digestOf(SOURCES));
  if (!existsSync(template)) await createTemplate(template);
  await cp(template, join(dataDir, STORE), { recursive: true, verbatimSymlinks: true });
}

async function createTemplate(template: string): Promise<void> {
  await mkdir(CACHE, { recursive: true });
  // Only here, because tests of a ClickHouse server do not load the library of the embedded store.
  const { openChdbEngine } = await import('../clickhouse/chdb/chdb-engine.ts');
  const dataDir = await mkdtemp(join(CACHE, 'new-'));
  try {
    const engine = await openChdbEngine({ dataDir });
    await createTables(engine);
    await engine.close();
    await rename(join(dataDir, STORE), template).catch((error: NodeJS.ErrnoException) => {
      // Another test file was faster.
      if (error.code !== 'ENOTEMPTY' && error.code !== 'EEXIST') throw error;
    });
  } finally {
    await rm(dataDir, { recursive: true, force: true });
  }
}

async function digestOf(folders: readonly URL[]): Promise<string> {
  const hash = createHash('sha256');
  for (const folder of folders) {
    const entries = await readdir(folder, { recursive: true, withFileTypes: true });
    const paths = entries
      .filter((entry) => entry.isFile())
      .map(({ parentPath, name }) => join(parentPath, name));
    for (const path of paths.sort()) hash.update(path).update(await readFile(path));
  }
  return hash.digest('hex').slice(0, 16);
}

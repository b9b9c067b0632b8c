import type { Engine } from '../clickhouse/engine.ts';
import { migrate, readMigrations } from '../clickhouse/migrate.ts';
import { SCHEMA_FOLDER } from '../tables/schema-folder.ts';

/** Creates all tables in an empty store, as the server does at its start. */
export async function createTables(engine: Engine): Promise<void> {
  await migrate(engine, await readMigrations(SCHEMA_FOLDER));
}

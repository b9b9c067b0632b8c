import { StartupError } from '../../errors/startup-error.ts';
import type { Engine } from '../engine.ts';
import { type Migration, migrate } from '../migrate.ts';
import type { ClickHouseAddress } from './clickhouse-address.ts';
import { openClickHouseEngine } from './clickhouse-engine.ts';

/** The oldest version that supports the text indexes of the schema. */
const MINIMUM_VERSION = '25.12';

export interface StoreSchema {
  readonly migrations: readonly Migration[];
  /** Names of the tables that rows are loaded into. */
  readonly tables: readonly string[];
}

/** The server is too old. The message contains the version that was found and the one that is needed. */
export class ClickHouseVersionError extends StartupError {
  override readonly name = 'ClickHouseVersionError';
}

/** Compares version numbers by their parts: 25.12 is newer than 25.8. */
export function isSupportedVersion(version: string): boolean {
  const [major = 0, minor = 0] = version.split('.').map(Number);
  const [leastMajor = 0, leastMinor = 0] = MINIMUM_VERSION.split('.').map(Number);
  return major > leastMajor || (major === leastMajor && minor >= leastMinor);
}

/**
 * Prepares the server for loading: checks its version and creates the database and the missing parts of the schema. Can be
 * repeated, even by several processes at the same time.
 *
 * @throws QueryError, ClickHouseVersionError, NewerSchemaError
 */
export async function prepareClickHouse(
  engine: Engine,
  address: ClickHouseAddress,
  { migrations, tables }: StoreSchema,
): Promise<void> {
  await createDatabase(address);
  await migrate(engine, migrations);
  await syncInserts(engine, tables);
  await compressContent(engine);
}

/** Uses a connection to the default database, because the other one may not exist yet. */
async function createDatabase(address: ClickHouseAddress): Promise<void> {
  const outside = openClickHouseEngine({ ...address, database: 'default' });
  try {
    const [found] = await outside.query<{ version: string; databases: string }>(
      'SELECT version() AS version, (SELECT count() FROM system.databases WHERE name = {name:String}) AS databases',
      { name: address.database },
      { maxSeconds: 2 },
    );
    if (!isSupportedVersion(found?.version ?? '')) {
      throw new ClickHouseVersionError(
        `The ClickHouse server has version ${found?.version}; Throughline needs ${MINIMUM_VERSION} or newer.`,
      );
    }
    if (found?.databases === '0')
      await outside.command(`CREATE DATABASE IF NOT EXISTS \`${address.database}\``);
  } finally {
    await outside.close();
  }
}

/**
 * Loaded rows leave the journal, so a single server must have them on disk by then, as the embedded store does. The
 * settings of replicated tables are not changed, because another replica has the rows.
 */
async function syncInserts(engine: Engine, tables: readonly string[]): Promise<void> {
  const unsynced = await engine.query<{ name: string }>(
    `SELECT name FROM system.tables
     WHERE database = currentDatabase() AND name IN {tables:Array(String)} AND engine = 'ReplacingMergeTree'
       AND engine_full NOT LIKE '%fsync_after_insert%'`,
    { tables },
  );
  for (const { name } of unsynced)
    await engine.command(
      `ALTER TABLE ${name} MODIFY SETTING fsync_after_insert = 1, fsync_part_directory = 1`,
    );
}

/**
 * The embedded store compresses content by the size of its part. A server can do so by its own configuration, which is not
 * ours, so all of its parts are compressed well.
 */
async function compressContent(engine: Engine): Promise<void> {
  const unset = await engine.query(
    `SELECT name FROM system.tables
     WHERE database = currentDatabase() AND name = 'payloads' AND engine LIKE '%MergeTree'
       AND engine_full NOT LIKE '%default_compression_codec%'`,
  );
  if (unset.length > 0)
    await engine.command("ALTER TABLE payloads MODIFY SETTING default_compression_codec = 'ZSTD(3)'");
}

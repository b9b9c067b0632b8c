import { readdir, readFile } from 'node:fs/promises';
import { setTimeout } from 'node:timers/promises';
import { StartupError } from '../errors/startup-error.ts';
import type { Engine } from './engine.ts';
import { expandStatement } from './expand-statement.ts';
import { quoteString } from './parameters.ts';
import { QueryError } from './query-error.ts';
import { parseRepartition, repartition } from './repartition.ts';
import { splitStatements } from './statements.ts';
import { parseTuning, tune } from './tune.ts';

export interface Migration {
  /** The number of the migration: 1, 2, 3 … without gaps. */
  readonly id: number;
  readonly name: string;
  readonly sql: string;
}

/** A newer version of Throughline has written the store. The message contains the version and the fix. */
export class NewerSchemaError extends StartupError {
  override readonly name = 'NewerSchemaError';
}

/** Reads the numbered files of a folder, `001-name.sql`, in order. */
export async function readMigrations(folder: URL): Promise<Migration[]> {
  const files = (await readdir(folder)).filter((file) => file.endsWith('.sql')).sort();
  return Promise.all(
    files.map(async (file, index) => {
      const found = /^(\d+)-(.+)\.sql$/.exec(file);
      const id = Number(found?.[1]);
      if (id !== index + 1 || found?.[2] === undefined) {
        throw new Error(`${file}: migrations are named 001-name.sql and numbered without gaps`);
      }
      return { id, name: found[2], sql: await readFile(new URL(file, folder), 'utf8') };
    }),
  );
}

/**
 * Applies the migrations that the store does not have yet, in order, and returns their names. If the process crashes
 * between a migration and its record, the migration is applied again, so its statements have to be repeatable
 * (`IF NOT EXISTS`).
 */
export async function migrate(engine: Engine, migrations: readonly Migration[]): Promise<string[]> {
  await engine.command(`CREATE TABLE IF NOT EXISTS migrations
(
    id         UInt32,
    name       String,
    applied_at DateTime64(3, 'UTC') DEFAULT now64(3)
)
ENGINE = MergeTree ORDER BY id`);
  const [state] = await engine.query<{ latest: number }>('SELECT max(id) AS latest FROM migrations');
  const latest = state?.latest ?? 0;
  const newest = migrations.at(-1)?.id ?? 0;
  if (latest > newest) {
    throw new NewerSchemaError(
      `The store was written by a newer Throughline (schema ${latest}; this version knows ${newest}). ` +
        'Update Throughline, or start it with a different store.',
    );
  }
  const missing = migrations.filter((migration) => migration.id > latest);
  for (const migration of missing) {
    for (const statement of splitStatements(migration.sql)) await applyStatement(engine, statement);
    await engine.command(
      `INSERT INTO migrations (id, name) VALUES (${migration.id}, ${quoteString(migration.name)})`,
    );
  }
  return missing.map((migration) => migration.name);
}

/** Runs a statement of a migration. It can contain placeholders, or be a REPARTITION or a TUNE. */
export async function applyStatement(engine: Engine, statement: string): Promise<void> {
  const expanded = await expandStatement(engine, statement);
  const change = parseRepartition(expanded);
  const tuning = parseTuning(expanded);
  if (change) await repartition(engine, change.table, change.by);
  else await onceTableIsThere(() => (tuning ? tune(engine, tuning) : engine.command(expanded)));
}

const UNKNOWN_TABLE = 60;
const MAX_ATTEMPTS = 50;
const RETRY_MS = 200;

/** While another process changes the partitions of a table, the table has another name for a moment. */
async function onceTableIsThere(run: () => Promise<void>): Promise<void> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await run();
    } catch (error) {
      const isMissing = error instanceof QueryError && error.clickhouseCode === UNKNOWN_TABLE;
      if (!isMissing || attempt === MAX_ATTEMPTS) throw error;
      await setTimeout(RETRY_MS);
    }
  }
}

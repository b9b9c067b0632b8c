import { readdir, readFile } from 'node:fs/promises';
import { type Kysely, sql, type Transaction } from 'kysely';
import { StartupError } from '../errors/startup-error.ts';

export interface RelationalMigration {
  /** The number of the migration: 1, 2, 3 … without gaps. */
  readonly id: number;
  readonly name: string;
  readonly statements: readonly string[];
}

/** A newer version of Throughline has written the relational store. */
export class NewerRelationalSchemaError extends StartupError {
  override readonly name = 'NewerRelationalSchemaError';
}

/** Takes the lock under which one process migrates. It is released at the end of the transaction. */
export type LockMigrations = (transaction: Transaction<unknown>) => Promise<void>;

/** Reads the numbered files of a folder, `001-name.sql`, in order. */
export async function readRelationalMigrations(folder: URL): Promise<RelationalMigration[]> {
  const files = (await readdir(folder)).filter((file) => file.endsWith('.sql')).sort();
  return Promise.all(
    files.map(async (file, index) => {
      const found = /^(\d+)-(.+)\.sql$/.exec(file);
      if (Number(found?.[1]) !== index + 1 || found?.[2] === undefined)
        throw new Error(`${file}: migrations are named 001-name.sql and numbered without gaps`);
      const text = await readFile(new URL(file, folder), 'utf8');
      return { id: index + 1, name: found[2], statements: statementsOf(text) };
    }),
  );
}

/** A semicolon at the end of a line ends a statement. */
function statementsOf(text: string): string[] {
  return text
    .split(/;[ \t]*(?:\n|$)/)
    .map((statement) => statement.replace(/^\s*--.*$/gm, '').trim())
    .filter((statement) => statement !== '');
}

/**
 * Applies the migrations that the database does not have yet, in order, and returns their names. All of them run in one
 * transaction under a lock: if two servers start at the same time, the second finds the work done, and a migration that
 * fails leaves nothing behind.
 *
 * @throws NewerRelationalSchemaError
 */
export async function migrateRelational<Tables>(
  db: Kysely<Tables>,
  migrations: readonly RelationalMigration[],
  lock: LockMigrations,
): Promise<string[]> {
  return db.transaction().execute(async (transaction) => {
    await lock(transaction as Transaction<unknown>);
    await sql`CREATE TABLE IF NOT EXISTS schema_migrations (id INTEGER PRIMARY KEY, name TEXT NOT NULL, applied_at BIGINT NOT NULL)`.execute(
      transaction,
    );
    const { rows } = await sql<{
      latest: number | null;
    }>`SELECT max(id) AS latest FROM schema_migrations`.execute(transaction);
    const latest = rows[0]?.latest ?? 0;
    if (latest > migrations.length)
      throw new NewerRelationalSchemaError(
        `The relational store was written by a newer Throughline (schema ${latest}; this version knows ${migrations.length}). ` +
          'Update Throughline, or start it with a different store.',
      );
    const missing = migrations.slice(latest);
    for (const { id, name, statements } of missing) {
      for (const statement of statements) await sql.raw(statement).execute(transaction);
      await sql`INSERT INTO schema_migrations (id, name, applied_at) VALUES (${id}, ${name}, ${Date.now()})`.execute(
        transaction,
      );
    }
    return missing.map(({ name }) => name);
  });
}

import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { DatabaseSync, SQLInputValue } from 'node:sqlite';
import { type Dialect, SqliteDialect } from 'kysely';
import { openSqlite } from '../data-folder/open-sqlite.ts';
import { RELATIONAL_FILE, RELATIONAL_FOLDER } from './sqlite-file.ts';

/**
 * A commit is synced to the disk before it returns, so it survives `kill -9` and a power failure. Write-ahead logging needs
 * one sync for each commit, and readers do not wait for a writer.
 */
const PRAGMAS = `
  PRAGMA journal_mode = WAL;
  PRAGMA synchronous = FULL;
  PRAGMA foreign_keys = ON;
  PRAGMA busy_timeout = 5000;`;

/** The SQLite database in the data folder, which is created if it is missing. */
export async function openSqliteDialect(dataDir: string): Promise<Dialect> {
  const folder = join(dataDir, RELATIONAL_FOLDER);
  await mkdir(folder, { recursive: true, mode: 0o700 });
  const database = openSqlite(join(folder, RELATIONAL_FILE));
  try {
    database.exec(PRAGMAS);
  } catch (error) {
    database.close();
    throw error;
  }
  return new SqliteDialect({ database: forKysely(database) });
}

/** Adapts Node's SQLite to the interface that Kysely expects, which is that of another library. */
function forKysely(database: DatabaseSync) {
  return {
    close: () => database.close(),
    prepare(sql: string) {
      const statement = database.prepare(sql);
      const values = (parameters: readonly unknown[]) => parameters as readonly SQLInputValue[];
      return {
        // `StatementSync.columns` would return this, but Node 22.13 does not have it.
        reader: /^\s*(?:select|with|pragma)\b|\breturning\b/i.test(sql),
        // Rows of Node have no prototype.
        all: (parameters: readonly unknown[]) =>
          statement.all(...values(parameters)).map((row) => ({ ...row })),
        run: (parameters: readonly unknown[]) => statement.run(...values(parameters)),
        iterate: (parameters: readonly unknown[]) => statement.iterate(...values(parameters)),
      };
    },
  };
}

import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { Kysely, sql } from 'kysely';
import { openSqlite } from '../data-folder/open-sqlite.ts';
import { reasonOf } from './database-error.ts';
import type { PostgresAddress } from './postgres-address.ts';
import { createPostgresDialect } from './postgres-dialect.ts';
import { RELATIONAL_FILE, RELATIONAL_FOLDER } from './sqlite-file.ts';

/** Why the Postgres database cannot be used. Undefined if it answers. Nothing is changed. */
export async function postgresProblem(address: PostgresAddress): Promise<string | undefined> {
  const db = new Kysely<unknown>({ dialect: createPostgresDialect(address) });
  try {
    await sql`SELECT 1`.execute(db);
    return undefined;
  } catch (error) {
    return reasonOf(error);
  } finally {
    await db.destroy();
  }
}

/** What is damaged in the embedded database. Undefined if there is no database yet. Nothing is changed. */
export async function sqliteProblems(dataDir: string): Promise<readonly string[] | undefined> {
  const path = join(dataDir, RELATIONAL_FOLDER, RELATIONAL_FILE);
  if (!existsSync(path)) return undefined;
  try {
    const database = openSqlite(path, { readOnly: true });
    try {
      const rows = database.prepare('PRAGMA integrity_check(10)').all() as { integrity_check: string }[];
      const found = rows.map(({ integrity_check }) => integrity_check);
      return found.filter((text) => text !== 'ok');
    } finally {
      database.close();
    }
  } catch (error) {
    return [error instanceof Error ? error.message : String(error)];
  }
}

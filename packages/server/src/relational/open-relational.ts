import type { FastifyBaseLogger } from 'fastify';
import { sql } from 'kysely';
import { logProblem } from '../errors/log-problem.ts';
import { type LockMigrations, readRelationalMigrations } from './migrate-relational.ts';
import type { PostgresAddress } from './postgres-address.ts';
import { createRelationalStore, type RelationalStore } from './relational-store.ts';
import { RELATIONAL_SCHEMA } from './schema-folder.ts';
import { sqliteExists } from './sqlite-file.ts';

export interface OpenRelationalOptions {
  /** Folder of the embedded database, in the folder `relational`. */
  readonly dataDir: string;
  /** A Postgres server to use instead of the embedded database. */
  readonly postgres?: PostgresAddress | undefined;
  readonly log: FastifyBaseLogger;
}

/** Any number that no other program uses for an advisory lock of the same database: "throughl" in ASCII. */
const LOCK_KEY = '0x7468726f7567686c';

const lockPostgres: LockMigrations = async (transaction) => {
  await sql`SELECT pg_advisory_xact_lock(${String(BigInt(LOCK_KEY))}::bigint)`.execute(transaction);
};

/** Only one process uses a data folder, and it has one connection. */
const lockNothing: LockMigrations = async () => {};

/** The relational store: a SQLite database in the data folder, or a Postgres server. Nothing is opened yet. */
export function openRelational({ dataDir, postgres, log }: OpenRelationalOptions): RelationalStore {
  return createRelationalStore({
    // Only the library of the chosen database is loaded.
    open: async () =>
      postgres
        ? (await import('./postgres-dialect.ts')).createPostgresDialect(postgres)
        : (await import('./sqlite-dialect.ts')).openSqliteDialect(dataDir),
    exists: () => postgres !== undefined || sqliteExists(dataDir),
    migrations: () => readRelationalMigrations(RELATIONAL_SCHEMA),
    lock: postgres ? lockPostgres : lockNothing,
    checksUnused: postgres !== undefined,
    onUnavailable: (reason, error) =>
      logProblem(
        log,
        `${reason} Saved views, links and prices cannot be changed until then; traces are received and can be read.`,
        error,
        postgres ? { url: postgres.url } : {},
      ),
    onMigrated: (names) => log.info({ migrations: names }, 'the tables of the relational store were updated'),
  });
}

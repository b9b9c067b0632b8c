import { type Dialect, Kysely } from 'kysely';
import { ThroughlineError } from '../errors/errors.ts';
import type { Database } from './database.ts';
import { isUnavailable, reasonOf } from './database-error.ts';
import { type LockMigrations, migrateRelational, type RelationalMigration } from './migrate-relational.ts';

export type RelationalDatabase = Kysely<Database>;

/**
 * The store of small things that people create and change: saved views, links, settings. It is opened when it is first
 * used. Everything else works without it.
 */
export interface RelationalStore {
  /**
   * Runs statements. The tables exist when `work` is called.
   *
   * @throws ThroughlineError relational-unavailable if the database cannot be used, otherwise the error of `work`
   */
  use<Result>(work: (db: RelationalDatabase) => Promise<Result>): Promise<Result>;
  /** Whether the database may contain something. The embedded one is created when it is first used. */
  exists(): boolean;
  /** Why the database cannot be used. Undefined if it can, or if nothing needed it yet. */
  problem(): Promise<string | undefined>;
  close(): Promise<void>;
}

export interface RelationalStoreParts {
  /** Opens the database. Called when it is first needed, and again after a failure. */
  readonly open: () => Promise<Dialect>;
  /** Whether the database was created before. */
  readonly exists: () => boolean;
  readonly migrations: () => Promise<readonly RelationalMigration[]>;
  readonly lock: LockMigrations;
  /** Whether {@link RelationalStore.problem} opens a database that was not needed yet. */
  readonly checksUnused: boolean;
  /** Called once for each new reason for which the database cannot be used. */
  readonly onUnavailable: (reason: string, error: unknown) => void;
  readonly onMigrated: (names: readonly string[]) => void;
}

/** A check of the health waits at most this long. */
const CHECK_MS = 2_000;

export function createRelationalStore(parts: RelationalStoreParts): RelationalStore {
  const { open, exists, migrations, lock, checksUnused, onUnavailable, onMigrated } = parts;
  let opening: Promise<RelationalDatabase> | undefined;
  let reported: string | undefined;
  let isClosed = false;

  const openAndMigrate = async (): Promise<RelationalDatabase> => {
    const db = new Kysely<Database>({ dialect: await open() });
    try {
      const applied = await migrateRelational(db, await migrations(), lock);
      if (applied.length > 0) onMigrated(applied);
      return db;
    } catch (error) {
      await db.destroy();
      throw error;
    }
  };
  const unavailable = (cause: unknown): ThroughlineError => {
    const reason = reasonOf(cause);
    if (reason !== reported) onUnavailable(reason, cause);
    reported = reason;
    return new ThroughlineError('relational-unavailable', reason, { cause });
  };
  const opened = async (): Promise<RelationalDatabase> => {
    if (isClosed) throw new ThroughlineError('shutting-down', 'The server is stopping.');
    opening ??= openAndMigrate();
    const mine = opening;
    try {
      return await mine;
    } catch (error) {
      // The next use tries again.
      if (opening === mine) opening = undefined;
      throw unavailable(error);
    }
  };
  const use: RelationalStore['use'] = async (work) => {
    const db = await opened();
    try {
      const result = await work(db);
      reported = undefined;
      return result;
    } catch (error) {
      throw isUnavailable(error) ? unavailable(error) : error;
    }
  };

  return {
    use,
    exists: () => opening !== undefined || exists(),
    async problem() {
      if (isClosed || (opening === undefined && reported === undefined && !checksUnused)) return undefined;
      const answer = use((db) => db.selectNoFrom((from) => from.lit(1).as('one')).execute()).then(
        () => undefined,
        (error: unknown) => reasonOf(error),
      );
      const late = Promise.withResolvers<string>();
      const timer = setTimeout(late.resolve, CHECK_MS, 'The database does not respond.');
      return Promise.race([answer, late.promise]).finally(() => clearTimeout(timer));
    },
    async close() {
      isClosed = true;
      const db = await opening?.catch(() => undefined);
      await db?.destroy();
    },
  };
}

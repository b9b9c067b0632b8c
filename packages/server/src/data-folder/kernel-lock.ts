import type { DatabaseSync } from 'node:sqlite';
import { openSqlite } from './open-sqlite.ts';

export interface KernelLock {
  release(): void;
}

/** Keeps references, because the garbage collector would close an unreferenced database and release its lock. */
const held = new Set<DatabaseSync>();

/** SQLite's result code for a lock that another connection holds. */
const SQLITE_BUSY = 5;

/**
 * Takes an exclusive lock of the operating system on the file, which is created if it is missing. Returns undefined if
 * another process holds the lock.
 *
 * Node cannot lock files itself, but SQLite can: `BEGIN EXCLUSIVE` takes a write lock (`fcntl`) on the database file. The
 * kernel releases it when the process ends for any reason, and it applies to every process on the machine, in any
 * container. Nothing is ever written to the file.
 *
 * The lock is lost when this process closes any other descriptor of the file, so no other code may open it. It
 * must not be deleted either: the next process would lock a new file of the same name.
 *
 * @throws if the file cannot be opened or its file system has no locks
 */
export function tryKernelLock(path: string): KernelLock | undefined {
  const database = openSqlite(path);
  try {
    // SQLite would leave an empty rollback journal beside the file.
    database.exec('PRAGMA journal_mode = MEMORY; BEGIN EXCLUSIVE');
  } catch (error) {
    database.close();
    if (error instanceof Error && 'errcode' in error && error.errcode === SQLITE_BUSY) return undefined;
    throw error;
  }
  held.add(database);
  return {
    release: () => {
      if (held.delete(database)) database.close();
    },
  };
}

import type { DatabaseSync, DatabaseSyncOptions } from 'node:sqlite';

/** Opens a SQLite database without the warning that Node 22 prints when the module is first loaded. */
export function openSqlite(path: string, options: DatabaseSyncOptions = {}): DatabaseSync {
  const { emitWarning } = process;
  process.emitWarning = () => {};
  try {
    const { DatabaseSync } = process.getBuiltinModule('node:sqlite');
    return new DatabaseSync(path, options);
  } finally {
    process.emitWarning = emitWarning;
  }
}

import { existsSync } from 'node:fs';
import { join } from 'node:path';

/** Folder of the embedded relational store inside the data folder. */
export const RELATIONAL_FOLDER = 'relational';
export const RELATIONAL_FILE = 'throughline.sqlite';

/** Whether the embedded database was created. */
export function sqliteExists(dataDir: string): boolean {
  return existsSync(join(dataDir, RELATIONAL_FOLDER, RELATIONAL_FILE));
}

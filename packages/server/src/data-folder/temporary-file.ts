import { randomUUID } from 'node:crypto';
import { readdirSync, rmSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';

/**
 * Returns a path beside `path` for content that is written completely and then renamed to `path`. No other process writes
 * it: a suspended process that continues after its folder was taken over would cut the file of its successor.
 * Removes the files that killed processes left.
 */
export function temporaryFileOf(path: string): string {
  const prefix = `${basename(path)}.new-`;
  const left = readdirSync(dirname(path)).filter((file) => file.startsWith(prefix));
  for (const file of left) rmSync(join(dirname(path), file), { force: true });
  return `${path}.new-${randomUUID()}`;
}

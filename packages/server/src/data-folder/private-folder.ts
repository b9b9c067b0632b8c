import { chmod, readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';

/** Permission bits of group and others. */
const OTHERS = 0o077;

/**
 * Removes the permissions of group and others from the data folder and everything directly inside it, so that other users
 * cannot reach deeper files either. New files are private because of the umask of the process.
 *
 * @returns the first path whose permissions could not be changed, with the error
 */
export async function makePrivate(
  dataDir: string,
): Promise<{ readonly path: string; readonly error: unknown } | undefined> {
  // Windows has access lists instead. A new folder inherits them from the profile of its user.
  if (process.platform === 'win32') return undefined;
  const inside = await readdir(dataDir);
  for (const path of [dataDir, ...inside.map((name) => join(dataDir, name))]) {
    try {
      const { mode } = await stat(path);
      if ((mode & OTHERS) !== 0) await chmod(path, mode & 0o777 & ~OTHERS);
    } catch (error) {
      if (!isMissing(error)) return { path, error };
    }
  }
  return undefined;
}

/** Files such as `clock.new` can be renamed while the folder is read. */
const isMissing = (error: unknown): boolean =>
  error instanceof Error && 'code' in error && error.code === 'ENOENT';

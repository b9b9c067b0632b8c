import { type FileHandle, mkdir, open, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { StartupError } from '../errors/startup-error.ts';

/** Another process uses the data folder, or it cannot be written. The message is for the person who started us. */
export class DataLockError extends StartupError {
  override readonly name = 'DataLockError';
}

export interface DataLock {
  release(): Promise<void>;
}

/**
 * Makes this process the only one that writes the folder: a file holds its pid. A file whose process is gone, or
 * whose pid has since been given to another program, is stale and taken over.
 *
 * @throws DataLockError
 */
export async function lockDataFolder(dataDir: string): Promise<DataLock> {
  const path = join(dataDir, 'throughline.lock');
  try {
    await mkdir(dataDir, { recursive: true });
  } catch (error) {
    throw cannotWrite(dataDir, error);
  }
  const began = await beganOf(process.pid);
  for (;;) {
    let file: FileHandle;
    try {
      file = await open(path, 'wx');
    } catch (error) {
      if (!isExists(error)) throw cannotWrite(dataDir, error);
      const holder = await readHolder(path);
      if (holder && (await isSameProcess(holder)))
        throw new DataLockError(
          `The data folder ${dataDir} is in use by another Throughline (process ${holder.pid}). ` +
            'Stop that one, or start this one with another --data.',
        );
      await rm(path, { force: true }).catch((cause: unknown) => {
        throw cannotWrite(dataDir, cause);
      });
      continue;
    }
    const own: Holder = { pid: process.pid, began };
    try {
      await file.writeFile(JSON.stringify(own));
    } catch (error) {
      // An empty lock would tell nobody who holds it.
      await rm(path, { force: true });
      throw cannotWrite(dataDir, error);
    } finally {
      await file.close();
    }
    return { release: () => release(path, own) };
  }
}

/** Two that start in one moment may both take over a stale lock: the store lets only one of them in. */
async function release(path: string, own: Holder): Promise<void> {
  const holder = await readHolder(path);
  if (holder?.pid === own.pid && holder.began === own.began) await rm(path, { force: true });
}

interface Holder {
  readonly pid: number;
  /** When the process began, in the clock of its system; null where that is not known. */
  readonly began: string | null;
}

async function readHolder(path: string): Promise<Holder | undefined> {
  try {
    const holder: unknown = JSON.parse(await readFile(path, 'utf8'));
    if (typeof holder !== 'object' || holder === null || !('pid' in holder)) return undefined;
    const began = 'began' in holder && typeof holder.began === 'string' ? holder.began : null;
    return typeof holder.pid === 'number' ? { pid: holder.pid, began } : undefined;
  } catch {
    return undefined;
  }
}

async function isSameProcess({ pid, began }: Holder): Promise<boolean> {
  if (pid === process.pid) return (await beganOf(pid)) === began;
  try {
    process.kill(pid, 0);
  } catch (error) {
    // EPERM: it lives, as somebody else.
    if (!(error instanceof Error && 'code' in error && error.code === 'EPERM')) return false;
  }
  return began === null || (await beganOf(pid)) === began;
}

/** Linux: field 22 of /proc/<pid>/stat. Elsewhere null, and the pid alone has to do. */
async function beganOf(pid: number): Promise<string | null> {
  const stat = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => '');
  // The second field is the name in parentheses and may hold anything.
  return stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19] ?? null;
}

const isExists = (error: unknown): boolean =>
  error instanceof Error && 'code' in error && error.code === 'EEXIST';

function cannotWrite(dataDir: string, cause: unknown): DataLockError {
  const reason = cause instanceof Error ? cause.message : String(cause);
  return new DataLockError(`The data folder ${dataDir} cannot be written: ${reason}`, { cause });
}

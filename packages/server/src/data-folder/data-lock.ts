import { rmSync, writeFileSync } from 'node:fs';
import { mkdir, open, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { StartupError } from '../errors/startup-error.ts';
import { type KernelLock, tryKernelLock } from './kernel-lock.ts';
import { describeLockHolder, isSameHolder, readLockHolder, thisProcess } from './lock-holder.ts';

/** Another process uses the data folder, or it is not writable. The message is for the person who starts the server. */
export class DataLockError extends StartupError {
  override readonly name = 'DataLockError';
}

export interface DataLock {
  /**
   * Resolves with true if this process is still the only one that uses the folder. If the lock file was deleted, a new file
   * with that name is locked, unless another process has done that first.
   */
  isHeld(): Promise<boolean>;
  release(): Promise<void>;
}

/** The file that is locked. It is always empty and stays in the folder. */
const LOCK_FILE = 'lock.sqlite';
/** Describes the process that holds the lock, for error messages of other processes. It has no other effect. */
const HOLDER_FILE = 'throughline.lock';

/** Maximum time for a killed predecessor to end, and for the winner of a race to write its description. */
const WAIT_MS = 2_000;
const TRY_AGAIN_MS = 50;

/**
 * Makes this process the only one that uses the folder, until it releases the lock or ends.
 *
 * @throws DataLockError
 */
export async function lockDataFolder(dataDir: string, waitMs = WAIT_MS): Promise<DataLock> {
  try {
    await mkdir(dataDir, { recursive: true });
  } catch (error) {
    throw cannotWrite(dataDir, error);
  }
  const holderPath = join(dataDir, HOLDER_FILE);
  const lock = await lockWithin(dataDir, waitMs);
  if (!lock)
    throw new DataLockError(
      `The data folder ${dataDir} is in use by another Throughline${describeLockHolder(readLockHolder(holderPath))}. ` +
        'Stop it, or start this server with a different --data.',
    );
  const holder = thisProcess();
  const describeHolder = () => writeFileSync(holderPath, JSON.stringify(holder));
  let held: HeldLock = lock;
  try {
    describeHolder();
  } catch (error) {
    lock.release();
    throw cannotWrite(dataDir, error);
  }
  return {
    isHeld: async () => {
      if ((await inodeOf(join(dataDir, LOCK_FILE))) === held.inode) return true;
      const again = await tryLock(dataDir);
      if (!again) return false;
      held.release();
      held = again;
      describeHolder();
      return true;
    },
    release: async () => {
      if (isSameHolder(holder, readLockHolder(holderPath))) rmSync(holderPath, { force: true });
      held.release();
    },
  };
}

interface HeldLock extends KernelLock {
  readonly inode: bigint | undefined;
}

/** Returns undefined if there is no such file. */
function inodeOf(path: string): Promise<bigint | undefined> {
  return stat(path, { bigint: true }).then(
    ({ ino }) => ino,
    () => undefined,
  );
}

/** Returns undefined if another process holds the lock all the time. */
async function lockWithin(dataDir: string, waitMs: number): Promise<HeldLock | undefined> {
  const deadline = performance.now() + waitMs;
  for (;;) {
    const lock = await tryLock(dataDir);
    if (lock || performance.now() > deadline) return lock;
    await setTimeout(TRY_AGAIN_MS);
  }
}

async function tryLock(dataDir: string): Promise<HeldLock | undefined> {
  const path = join(dataDir, LOCK_FILE);
  try {
    const lock = tryKernelLock(path);
    return lock && { ...lock, inode: await inodeOf(path) };
  } catch (error) {
    // SQLite does not report why a file cannot be opened.
    await probe(dataDir);
    throw new DataLockError(
      `The data folder ${dataDir} cannot be locked: ${reasonOf(error)} (${LOCK_FILE}). ` +
        'It needs a file system with file locks, such as a local disk.',
      { cause: error },
    );
  }
}

async function probe(dataDir: string): Promise<void> {
  const path = join(dataDir, `.probe-${process.pid}`);
  try {
    await (await open(path, 'w')).close();
    await rm(path, { force: true });
  } catch (error) {
    throw cannotWrite(dataDir, error);
  }
}

function cannotWrite(dataDir: string, cause: unknown): DataLockError {
  return new DataLockError(`The data folder ${dataDir} cannot be written: ${reasonOf(cause)}`, { cause });
}

const reasonOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));

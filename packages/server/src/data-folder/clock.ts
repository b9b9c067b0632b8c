import { readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { temporaryFileOf } from './temporary-file.ts';

export interface Clock {
  /**
   * Nanoseconds since 1970. Each value is at least 16 ns later than the one before, so of two deliveries of a span the later
   * has the higher version. The values between are for changes that the server makes to a row.
   */
  now(): bigint;
  /** Time by which it is ahead of the system clock, which was set back since the last run. */
  readonly aheadNs: bigint;
  /** Stores the time at which it stopped. */
  close(): void;
}

/** Distance of two versions. */
const STEP_NS = 16n;

/** The file contains a time this far in the future, so that it is written once in ten seconds and not for every request. */
const PROMISED_NS = 10_000_000_000n;
/**
 * The same for a clock that is ahead of the system. It then counts in the smallest steps, so this covers a million versions.
 * With ten seconds, a server that is killed repeatedly would move ten seconds further ahead in each run.
 */
const PROMISED_AHEAD_NS = 1_000_000n * STEP_NS;

/** 2262-04-11, the last time that the columns support. */
const LAST_TIME = 2n ** 63n - 1n;

/** Nanoseconds since 1970: the system time at the start of the process plus the elapsed time, which cannot be set back. */
const systemNow = (): bigint =>
  BigInt(Math.round((performance.timeOrigin + performance.now()) * 1000)) * 1000n;

/**
 * The clock of a data folder. Its versions continue where they ended, even if the system clock was set back between two
 * runs. Otherwise an update could have a lower version than the row it replaces.
 *
 * The file `clock` contains a time that is later than all versions so far. If a process is killed, the next one skips the
 * unused part of these ten seconds.
 */
export function openClock(dataDir: string, system: () => bigint = systemNow): Clock {
  const path = join(dataDir, 'clock');
  const temporary = temporaryFileOf(path);
  const floor = readPromise(path);
  const started = system();
  let last = floor;
  let promised = floor;
  return {
    now: () => {
      const now = system();
      last = now >= last + STEP_NS ? now : last + STEP_NS;
      if (last >= promised) {
        const soon = last + PROMISED_AHEAD_NS;
        const far = now + PROMISED_NS > soon ? now + PROMISED_NS : soon;
        promised = writePromise({ path, temporary }, far) ? far : soon;
      }
      return last;
    },
    aheadNs: floor > started ? floor - started : 0n,
    close: () => {
      if (last > floor) writePromise({ path, temporary }, last + 1n);
    },
  };
}

/** Returns 0 if there is no valid file. */
function readPromise(path: string): bigint {
  try {
    const text = readFileSync(path, 'utf8').trim();
    const time = /^\d{1,19}$/.test(text) ? BigInt(text) : 0n;
    return time <= LAST_TIME ? time : 0n;
  } catch {
    return 0n;
  }
}

/** Writes a new file and renames it, so that it is always complete. Returns false if the disk fails; it is tried again. */
function writePromise(file: { readonly path: string; readonly temporary: string }, time: bigint): boolean {
  try {
    writeFileSync(file.temporary, `${time}\n`);
    renameSync(file.temporary, file.path);
    return true;
  } catch {
    return false;
  }
}

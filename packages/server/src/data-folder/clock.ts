import { readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

export interface Clock {
  /** Nanoseconds since 1970, never the same twice: of two deliveries of one span the later has the higher version. */
  now(): bigint;
  /** How far it runs ahead of the system's clock, which was set back since the last run. */
  readonly aheadNs: bigint;
  /** Remembers where it stopped. */
  close(): void;
}

/** So far ahead of the system is promised, so that the file is written once in ten seconds and not for every request. */
const PROMISED_NS = 10_000_000_000n;
/**
 * Where versions are ahead of the system they count single nanoseconds, so a million of them lie in this. Were it ten
 * seconds too, a server that is killed again and again would run away from the time by ten seconds with each life.
 */
const PROMISED_AHEAD_NS = 1_000_000n;

/** 2262-04-11: what columns of times can hold. */
const LAST_TIME = 2n ** 63n - 1n;

/** Nanoseconds since 1970 as the system had it when the process began, plus what has passed: nobody sets that back. */
const systemNow = (): bigint =>
  BigInt(Math.round((performance.timeOrigin + performance.now()) * 1000)) * 1000n;

/**
 * The clock of one data folder. Its versions go on where they ended, also where the system's clock was set back
 * between two runs: an update would else lose against what it replaces.
 *
 * The file `clock` holds a time before which all versions lie that were ever given. A process that was killed may
 * have given none of its last ten seconds, which the next one skips.
 */
export function openClock(dataDir: string, system: () => bigint = systemNow): Clock {
  const path = join(dataDir, 'clock');
  const floor = readPromise(path);
  const started = system();
  let last = floor;
  let promised = floor;
  return {
    now: () => {
      const now = system();
      last = now > last ? now : last + 1n;
      if (last >= promised) {
        const soon = last + PROMISED_AHEAD_NS;
        const far = now + PROMISED_NS > soon ? now + PROMISED_NS : soon;
        promised = writePromise(path, far) ? far : soon;
      }
      return last;
    },
    aheadNs: floor > started ? floor - started : 0n,
    close: () => {
      if (last > floor) writePromise(path, last + 1n);
    },
  };
}

/** 0 where there is none, or none that can be understood. */
function readPromise(path: string): bigint {
  try {
    const text = readFileSync(path, 'utf8').trim();
    const time = /^\d{1,19}$/.test(text) ? BigInt(text) : 0n;
    return time <= LAST_TIME ? time : 0n;
  } catch {
    return 0n;
  }
}

/** Renamed into place, so that it is whole. False where the disk does not take it: soon it is tried again. */
function writePromise(path: string, time: bigint): boolean {
  try {
    writeFileSync(`${path}.new`, `${time}\n`);
    renameSync(`${path}.new`, path);
    return true;
  } catch {
    return false;
  }
}

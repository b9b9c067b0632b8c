import { readFileSync, readlinkSync } from 'node:fs';
import { hostname } from 'node:os';

/** A description of the process that holds the lock of a data folder. */
export interface LockHolder {
  readonly pid: number;
  readonly host: string;
  /** Identifies the process namespace, within which the process id has a meaning. Null if the system has none. */
  readonly pidNamespace: string | null;
}

export function thisProcess(): LockHolder {
  return { pid: process.pid, host: hostname(), pidNamespace: pidNamespace() };
}

/** Returns undefined if the file is missing or does not describe a process. */
export function readLockHolder(path: string): LockHolder | undefined {
  try {
    const { pid, host, pidNamespace } = JSON.parse(readFileSync(path, 'utf8')) as Partial<LockHolder>;
    if (typeof pid !== 'number' || typeof host !== 'string') return undefined;
    return { pid, host, pidNamespace: typeof pidNamespace === 'string' ? pidNamespace : null };
  } catch {
    return undefined;
  }
}

export function isSameHolder(one: LockHolder, other: LockHolder | undefined): boolean {
  return one.pid === other?.pid && one.host === other.host && one.pidNamespace === other.pidNamespace;
}

/** A text such as ` (process 7)`, with the host or the container if they differ from those of this process. */
export function describeLockHolder(holder: LockHolder | undefined): string {
  if (!holder) return '';
  const here = thisProcess();
  if (holder.host !== here.host) return ` (process ${holder.pid} on ${holder.host})`;
  if (holder.pidNamespace !== here.pidNamespace) return ` (process ${holder.pid} of another container)`;
  return ` (process ${holder.pid})`;
}

/** The process namespace on Linux, such as `pid:[4026531836]`. */
function pidNamespace(): string | null {
  try {
    return readlinkSync('/proc/self/ns/pid');
  } catch {
    return null;
  }
}

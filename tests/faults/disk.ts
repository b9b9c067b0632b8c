/**
 * Disks that can be filled, emptied and made read-only: small file systems in memory, in their own mount namespace. Root
 * and ordinary users of most Linux systems can create one. Otherwise tests are skipped with the reason.
 */
import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

export interface Disks {
  /** Path of the data folder for the server, if it runs `through` this. */
  readonly dataDir: string;
  readonly through: readonly string[];
  /** Path at which this process finds a file in the server's data folder. */
  path(name: string): string;
  /** Folder on which the disk is mounted, `''` or `journal`. */
  setReadOnly(folder: string, readOnly: boolean): void;
  /** Fills the disk except for this many bytes. Returns a function that frees the space again. */
  fill(folder: string, leaveBytes?: number): Promise<() => Promise<void>>;
  close(): Promise<void>;
}

const NAMESPACE = ['unshare', '--user', '--map-root-user', '--mount'] as const;

/** The reason why this machine cannot create such disks. Undefined if it can. */
export function whyNoDisks(): string | undefined {
  const tried = spawnSync('sh', ['-c', `${NAMESPACE.join(' ')} mount -t tmpfs none ${tmpdir()}`]);
  if (tried.status === 0) return undefined;
  return `no file system can be mounted in a user namespace (${String(tried.stderr).trim() || tried.error?.message})`;
}

/** Creates a disk for the data folder and, if `journalBytes` is given, one for the journal in it. */
export async function mountDisks(size: {
  readonly dataBytes: number;
  readonly journalBytes?: number;
}): Promise<Disks> {
  const dataDir = await mkdtemp(join(tmpdir(), 'throughline-disk-'));
  const journal = join(dataDir, 'journal');
  const script = [
    `mount -t tmpfs -o size=${size.dataBytes} none ${dataDir}`,
    ...(size.journalBytes === undefined
      ? []
      : [`mkdir ${journal}`, `mount -t tmpfs -o size=${size.journalBytes} none ${journal}`]),
    'echo mounted',
    // Keeps the namespace until its input ends.
    'exec cat',
  ];
  const [command, ...args] = [...NAMESPACE, 'sh', '-e', '-c', script.join(' && ')] as const;
  const holder = spawn(command, args, { stdio: ['pipe', 'pipe', 'inherit'] });
  await Promise.race([once(holder.stdout, 'data'), exitOf(holder)]);
  const pid = String(holder.pid);
  const through = ['nsenter', '--target', pid, '--user', '--mount', '--preserve-credentials'];
  const path = (name: string) => join(`/proc/${pid}/root`, dataDir, name);
  return {
    dataDir,
    through,
    path,
    setReadOnly: (folder, readOnly) => {
      const [nsenter = '', ...rest] = through;
      const options = `remount,${readOnly ? 'ro' : 'rw'}`;
      const done = spawnSync(nsenter, [...rest, 'mount', '-o', options, join(dataDir, folder)]);
      if (done.status !== 0) throw new Error(`mount -o ${options} ${folder}: ${done.stderr}`);
    },
    fill: async (folder, leaveBytes = 0) => {
      const filler = path(join(folder, '.filler'));
      const chunk = Buffer.alloc(4096);
      const filled: string[] = [];
      const write = async (name: string, bytes: Buffer) => {
        filled.push(name);
        await writeFile(name, bytes);
      };
      if (leaveBytes > 0) await write(`${filler}-left`, Buffer.alloc(leaveBytes));
      try {
        for (;;) await writeFile(filler, chunk, { flag: 'a' });
      } catch (error) {
        if (!(error instanceof Error && 'code' in error && error.code === 'ENOSPC')) throw error;
      }
      if (leaveBytes > 0) await rm(`${filler}-left`);
      return () => rm(filler);
    },
    close: async () => {
      holder.stdin.end();
      await exitOf(holder);
      await rm(dataDir, { recursive: true, force: true });
    },
  };
}

async function exitOf(child: ChildProcess): Promise<void> {
  if (child.exitCode === null && child.signalCode === null) await once(child, 'exit');
}

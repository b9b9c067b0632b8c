import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { hostname, tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, describe, expect, test } from 'vitest';
import { DataLockError, lockDataFolder } from './data-lock.ts';

const folders: string[] = [];
async function temporaryFolder(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'throughline-lock-'));
  folders.push(folder);
  return folder;
}
afterAll(() => Promise.all(folders.map((folder) => rm(folder, { recursive: true, force: true }))));

const children: ChildProcess[] = [];
afterEach(async () => {
  for (const child of children.splice(0)) {
    if (child.exitCode !== null || child.signalCode !== null) continue;
    child.kill('SIGKILL');
    await once(child, 'exit');
  }
});

const MODULE = new URL('./data-lock.ts', import.meta.url).href;
const PROGRAM = `
  const { lockDataFolder } = await import(${JSON.stringify(MODULE)});
  const [folder, waitMs] = process.argv.slice(1);
  await lockDataFolder(folder, Number(waitMs)).then(
    () => { console.log('locked'); setInterval(() => {}, 1_000); },
    (error) => console.log(error.message),
  );`;

/** Starts a process that takes and keeps the lock. `says` resolves with `locked`, or with the reason of the failure. */
function otherProcess(folder: string, { through = [] as readonly string[], waitMs = 0 } = {}) {
  const node = [process.execPath, '--conditions=throughline-source', '--input-type=module', '-e', PROGRAM];
  const [command = '', ...args] = [...through, ...node, folder, String(waitMs)];
  const child = spawn(command, args, { stdio: ['ignore', 'pipe', 'inherit'] });
  children.push(child);
  const says = once(child.stdout, 'data').then(([data]) => String(data).trim());
  return { child, pid: child.pid, says };
}

const inUse = (folder: string, holder: string) =>
  `The data folder ${folder} is in use by another Throughline${holder}. ` +
  'Stop it, or start this server with a different --data.';

describe('while the lock is held', () => {
  test('every other attempt fails with the name of the process, even in the same process', async () => {
    const folder = await temporaryFolder();
    const lock = await lockDataFolder(folder);
    for (let attempt = 0; attempt < 2; attempt++) {
      await expect(lockDataFolder(folder, 0)).rejects.toThrow(inUse(folder, ` (process ${process.pid})`));
      // The previous attempt closed a descriptor of the lock file in this process. The lock is still held.
      expect(await otherProcess(folder).says).toBe(inUse(folder, ` (process ${process.pid})`));
    }
    await lock.release();
    expect(await otherProcess(folder).says).toBe('locked');
  });

  test('no other process can take it from a suspended process', async () => {
    const folder = await temporaryFolder();
    const { child, pid, says } = otherProcess(folder);
    expect(await says).toBe('locked');
    child.kill('SIGSTOP');
    await expect(lockDataFolder(folder, 200)).rejects.toThrow(inUse(folder, ` (process ${pid})`));
    child.kill('SIGCONT');
    await expect(lockDataFolder(folder, 0)).rejects.toThrow(DataLockError);
  });

  test('a deleted file is locked again, unless another process was faster', async () => {
    const folder = await temporaryFolder();
    const lock = await lockDataFolder(folder);
    expect(await lock.isHeld()).toBe(true);
    await rm(join(folder, 'lock.sqlite'));
    expect(await lock.isHeld()).toBe(true);
    expect(await otherProcess(folder).says).toBe(inUse(folder, ` (process ${process.pid})`));
    await rm(join(folder, 'lock.sqlite'));
    expect(await otherProcess(folder).says).toBe('locked');
    expect(await lock.isHeld()).toBe(false);
    await lock.release();
    // The file that describes the other process is kept.
    expect(await readdir(folder)).toEqual(['lock.sqlite', 'throughline.lock']);
  });

  test.each([
    ['is missing', undefined, ''],
    ['is torn', '{"pi', ''],
    ['names a process on another host', { pid: 7, host: 'web-2' }, ' (process 7 on web-2)'],
    [
      'names a process of another container',
      { pid: 1, host: hostname(), pidNamespace: 'pid:[1]' },
      ' (process 1 of another container)',
    ],
  ])('it holds if the file with the process %s', async (_what, content, named) => {
    const folder = await temporaryFolder();
    const lock = await lockDataFolder(folder);
    const path = join(folder, 'throughline.lock');
    await rm(path);
    if (content !== undefined)
      await writeFile(path, typeof content === 'string' ? content : JSON.stringify(content));
    expect(await otherProcess(folder).says).toBe(inUse(folder, named));
    // A file that another process may have written is not removed.
    await lock.release();
    expect((await readdir(folder)).includes('throughline.lock')).toBe(content !== undefined);
  });
});

describe('a free lock', () => {
  test('the lock of a killed process is taken at once by exactly one of six processes', async () => {
    const folder = await temporaryFolder();
    const first = otherProcess(folder);
    expect(await first.says).toBe('locked');
    first.child.kill('SIGKILL');
    const others = Array.from({ length: 6 }, () => otherProcess(folder, { waitMs: 1_000 }));
    const said = await Promise.all(others.map(({ says }) => says));
    const winners = others.filter((_, index) => said[index] === 'locked');
    expect(winners).toHaveLength(1);
    const refusal = inUse(folder, ` (process ${winners[0]?.pid})`);
    expect(said.filter((words) => words !== 'locked')).toEqual(Array(5).fill(refusal));
  });

  test('is taken by a process that waits for it', async () => {
    const folder = await temporaryFolder();
    const lock = await lockDataFolder(folder);
    const waiting = otherProcess(folder, { waitMs: 60_000 });
    await lockDataFolder(folder, 300).catch(() => {});
    await lock.release();
    expect(await waiting.says).toBe('locked');
  });

  test('has a file with its process while it is held, and afterwards only an empty lock file', async () => {
    const folder = await temporaryFolder();
    const lock = await lockDataFolder(folder);
    const holder: unknown = JSON.parse(await readFile(join(folder, 'throughline.lock'), 'utf8'));
    expect(holder).toMatchObject({ pid: process.pid, host: hostname() });
    await lock.release();
    expect(await readdir(folder)).toEqual(['lock.sqlite']);
    expect(await readFile(join(folder, 'lock.sqlite'), 'utf8')).toBe('');
  });

  test('if the lock file is something else, the error says so', async () => {
    const folder = await temporaryFolder();
    await writeFile(join(folder, 'lock.sqlite'), 'x'.repeat(2_000));
    await expect(lockDataFolder(folder, 0)).rejects.toThrow(
      `The data folder ${folder} cannot be locked: file is not a database (lock.sqlite).`,
    );
  });
});

/** Runs a command as the first process of a container, which has the id 1 and does not see other processes. */
const CONTAINER = ['unshare', '--pid', '--fork', '--mount-proc', '--kill-child'];
const noContainers = (() => {
  const [command = '', ...args] = CONTAINER;
  const tried = spawnSync(command, [...args, 'true']);
  return tried.status === 0 ? undefined : String(tried.stderr).trim() || tried.error?.message;
})();

test.skipIf(noContainers)(
  `exactly one of three containers takes the lock, and killing it frees the lock${noContainers ? ` (skipped: ${noContainers})` : ''}`,
  async () => {
    const folder = await temporaryFolder();
    for (let life = 0; life < 3; life++) {
      const containers = Array.from({ length: 3 }, () =>
        otherProcess(folder, { through: CONTAINER, waitMs: 500 }),
      );
      const said = await Promise.all(containers.map(({ says }) => says));
      expect(said.filter((words) => words !== 'locked')).toEqual(
        Array(2).fill(inUse(folder, ' (process 1 of another container)')),
      );
      const winner = containers[said.indexOf('locked')]?.child as ChildProcess;
      winner.kill('SIGKILL');
      await once(winner, 'exit');
    }
  },
);

/** Tests that other users of the machine cannot read the stored data. */
import { chmod, mkdir, mkdtemp, readdir, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, expect, it } from 'vitest';
import { createClient } from './process-client.ts';
import { killServers, spawnServer } from './server-process.ts';

const folders: string[] = [];
afterEach(async () => {
  await killServers();
  await Promise.all(folders.splice(0).map((folder) => rm(folder, { recursive: true, force: true })));
});

async function newFolder(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'throughline-private-'));
  folders.push(folder);
  return join(folder, 'data');
}

/** Paths to which group or others have permissions, including the folder itself, and the number of checked paths. */
async function openPaths(folder: string): Promise<{ readonly open: string[]; readonly count: number }> {
  const paths = ['.', ...(await readdir(folder, { recursive: true }))];
  const open: string[] = [];
  for (const path of paths) {
    const found = await stat(join(folder, path)).catch(() => undefined);
    if (found && (found.mode & 0o077) !== 0) open.push(`${path} ${(found.mode & 0o777).toString(8)}`);
  }
  return { open, count: paths.length };
}

it('no file or folder that the server creates can be read by other users', async () => {
  const dataDir = await newFolder();
  const server = spawnServer(dataDir);
  const client = createClient(await server.listening);
  await client.expectReadable([await client.keep()]);
  const { open, count } = await openPaths(dataDir);
  expect(open).toEqual([]);
  // The lock, the clock, the journal and the store with its tables.
  expect(count).toBeGreaterThan(50);
  expect((await stat(dataDir)).mode & 0o777).toBe(0o700);
  await server.kill('SIGTERM');
  expect((await openPaths(dataDir)).open).toEqual([]);
});

it('a folder of an earlier version loses the permissions of other users', async () => {
  const dataDir = await newFolder();
  await mkdir(join(dataDir, 'journal'), { recursive: true });
  await writeFile(join(dataDir, 'clock'), '0\n');
  await chmod(dataDir, 0o755);
  await chmod(join(dataDir, 'journal'), 0o755);
  await chmod(join(dataDir, 'clock'), 0o644);
  const server = spawnServer(dataDir);
  await server.listening;
  expect((await openPaths(dataDir)).open).toEqual([]);
});

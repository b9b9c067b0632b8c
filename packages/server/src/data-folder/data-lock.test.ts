import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { lockDataFolder } from './data-lock.ts';

const folders: string[] = [];
async function temporaryFolder(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'throughline-lock-'));
  folders.push(folder);
  return folder;
}
afterAll(() => Promise.all(folders.map((folder) => rm(folder, { recursive: true, force: true }))));

test('the lock names its process and goes with it', async () => {
  const folder = await temporaryFolder();
  const lock = await lockDataFolder(folder);
  const { pid } = JSON.parse(await readFile(join(folder, 'throughline.lock'), 'utf8')) as { pid: number };
  expect(pid).toBe(process.pid);
  await lock.release();
  expect(await readdir(folder)).toEqual([]);
});

test.each([
  ['another process', JSON.stringify({ pid: process.ppid, began: '1' })],
  ['a process of this id in another container', JSON.stringify({ pid: process.pid, began: '1' })],
  ['nobody', ''],
])('a lock that %s has taken over stays', async (_who, theirs) => {
  const folder = await temporaryFolder();
  const lock = await lockDataFolder(folder);
  const path = join(folder, 'throughline.lock');
  await writeFile(path, theirs);
  await lock.release();
  expect(await readFile(path, 'utf8')).toBe(theirs);
});

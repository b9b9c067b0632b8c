import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { openFinishCursor } from './finish-cursor.ts';

let folder: string;
let path: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'throughline-cursor-'));
  path = join(folder, 'finished');
});
afterEach(() => rm(folder, { recursive: true, force: true }));

it('stores versions in the order in which they were requested', async () => {
  const cursor = await openFinishCursor(path);
  const stores = [5n, 9n, 7n].map((version) => cursor.store(version));
  expect(cursor.version).toBe(7n);
  await Promise.all(stores);
  expect(await readFile(path, 'utf8')).toBe('7\n');
  expect((await openFinishCursor(path)).version).toBe(7n);
});

it('two processes that store at the same time do not disturb each other', async () => {
  const [first, second] = [await openFinishCursor(path), await openFinishCursor(path)];
  for (let version = 1n; version <= 50n; version++)
    await Promise.all([first.store(version), second.store(version + 100n)]);
  expect(['50\n', '150\n']).toContain(await readFile(path, 'utf8'));
});

it('a failed store is tried again by the next one, even for the same version', async () => {
  const cursor = await openFinishCursor(path);
  await rm(folder, { recursive: true });
  await expect(cursor.store(3n)).rejects.toThrow('ENOENT');
  await mkdir(folder);
  await cursor.store(3n);
  expect(await readFile(path, 'utf8')).toBe('3\n');
});

it('an invalid file counts as absent, and files of a killed process are removed', async () => {
  await writeFile(path, '12 apples\n');
  await writeFile(`${path}.new-1b9d6bcd`, '');
  expect((await openFinishCursor(path)).version).toBeUndefined();
  expect(await readdir(folder)).toEqual(['finished']);
});

import { readdir, readFile, stat } from 'node:fs/promises';
import { expect, it } from 'vitest';

const folder = new URL('faults/', import.meta.url);

it('the table of faults names every file of tests, and all files that it names exist', async () => {
  const table = await readFile(new URL('README.md', folder), 'utf8');
  const links = [...table.matchAll(/\]\(([^)]+\.test\.ts)\)/g)].map(([, link]) => link ?? '');
  for (const link of links) expect((await stat(new URL(link, folder))).isFile()).toBe(true);
  const files = (await readdir(folder)).filter((name) => name.endsWith('.test.ts'));
  expect(files.filter((name) => !links.includes(name))).toEqual([]);
});

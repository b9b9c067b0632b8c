import { readFile } from 'node:fs/promises';
import { expect, it } from 'vitest';
import { DIALECTS } from '../packages/spans/src/dialects/dialects.ts';
import { vocabularyTable } from './support/generated-docs.ts';

const read = (path: string) => readFile(new URL(`../${path}`, import.meta.url), 'utf8');

it('docs/data-model.md shows the table of vocabularies; npm run docs writes it', async () => {
  expect(await read('docs/data-model.md')).toContain(vocabularyTable());
});

it('README.md names every vocabulary', async () => {
  const text = (await read('README.md')).replace(/\s+/g, ' ');
  const named = DIALECTS.filter(({ name }) => name !== 'generic').map(({ title }) => title);
  expect(named.filter((title) => !text.includes(title))).toEqual([]);
});

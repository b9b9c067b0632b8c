import { readFile } from 'node:fs/promises';
import { expect, it } from 'vitest';
import { decisionFiles, decisionList } from './support/generated-docs.ts';

it('the index of decisions lists every decision by its title, and each has a unique number', async () => {
  const page = await readFile(new URL('../docs/decisions/README.md', import.meta.url), 'utf8');
  // `npm run docs` writes this part.
  expect(page).toContain(`<!-- decisions -->\n\n${await decisionList()}\n\n<!-- /decisions -->`);
  const numbers = (await decisionFiles()).map((file) => file.slice(0, 3));
  expect(numbers).toEqual([...new Set(numbers)]);
});

import { readFile } from 'node:fs/promises';
import { expect, it } from 'vitest';
import { FILTER_FIELDS, parseFilter } from '../packages/spans/src/index.ts';
import { filterFieldTable } from './support/generated-docs.ts';

const PAGE = new URL('../docs/filters.md', import.meta.url);

it('the guide to filters lists the fields of the catalogue', async () => {
  // `npm run docs` writes this part.
  expect(await readFile(PAGE, 'utf8')).toContain(
    `<!-- fields -->\n\n${filterFieldTable()}\n\n<!-- /fields -->`,
  );
});

it('every filter in the guide is valid', async () => {
  const page = await readFile(PAGE, 'utf8');
  const fenced = [...page.matchAll(/```\n(.+?)\n```/gs)].map(([, text]) => text as string);
  const cells = [...page.matchAll(/^\|(.+?)\|/gm)].flatMap(([, cell]) =>
    [...(cell as string).matchAll(/`([^`]+)`/g)].map(([, text]) => text as string),
  );
  const written = [
    ...fenced,
    ...cells.filter((text) => /[:><(]/.test(text)),
    ...Object.values(FILTER_FIELDS).map((row) => row.example),
  ];
  expect(written.length).toBeGreaterThan(40);
  for (const text of written) expect([text, parseFilter(text)]).toMatchObject([text, { ok: true }]);
});

import { readFile, writeFile } from 'node:fs/promises';
import { expect, it } from 'vitest';
import { FILTER_FIELDS, parseFilter } from '../packages/spans/src/index.ts';

const PAGE = new URL('../docs/filters.md', import.meta.url);

/** The table of fields as the catalogue has it. */
function fieldTable(): string {
  const rows = Object.entries(FILTER_FIELDS).map(([name, { aliases, describes, example, of }]) => [
    [name, ...(aliases ?? [])].map((each) => `\`${each}\``).join(', '),
    of === 'both' ? 'trace, span' : of,
    describes,
    `\`${example}\``,
  ]);
  const all = [['field', 'of', 'meaning', 'example'], ...rows];
  const widths = [0, 1, 2, 3].map((column) => Math.max(...all.map((row) => (row[column] as string).length)));
  const line = (cells: readonly string[]) =>
    `| ${cells.map((cell, column) => cell.padEnd(widths[column] as number)).join(' | ')} |`;
  const [head, ...body] = all as [string[], ...string[][]];
  return [line(head), line(widths.map((width) => '-'.repeat(width))), ...body.map(line)].join('\n');
}

it('the guide to filters lists the fields of the catalogue', async () => {
  const page = await readFile(PAGE, 'utf8');
  const expected = page.replace(
    /<!-- fields -->[\s\S]*<!-- \/fields -->/,
    `<!-- fields -->\n\n${fieldTable()}\n\n<!-- /fields -->`,
  );
  if (process.env.THROUGHLINE_UPDATE_DOCS) await writeFile(PAGE, expected);
  else expect(page).toBe(expected);
});

it('every filter in the guide is understood', async () => {
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

import { readFile } from 'node:fs/promises';
import { expect, it } from 'vitest';
import { parseStats } from '../packages/server/src/cli/stats/parse-stats.ts';
import { parseDimension, parseFilter, parseMeasure } from '../packages/spans/src/index.ts';
import { measureTable } from './support/generated-docs.ts';

const page = await readFile(new URL('../docs/dashboards.md', import.meta.url), 'utf8');

it('the guide to dashboards lists the measures of the catalogue', () => {
  // `npm run docs` writes this part.
  expect(page).toContain(`<!-- measures -->\n\n${measureTable()}\n\n<!-- /measures -->`);
});

it('every question of the command line in the guide can be asked', () => {
  const lines = [...page.matchAll(/^throughline stats (.+)$/gm)].map(([, words = '']) => words);
  expect(lines.length).toBeGreaterThan(3);
  for (const line of lines) {
    const { filter } = parseStats(line.split(' ').filter((word) => !word.startsWith('--')));
    expect(parseFilter(filter ?? '')).toMatchObject({ ok: true });
  }
});

it('the query of the API in the guide has a valid body', () => {
  const [, body = ''] = /-d '(\{[\s\S]+?\})'/.exec(page) ?? [];
  const query = JSON.parse(body) as {
    measures: { measure: string }[];
    dimensions: string[];
    q: string;
  };
  for (const { measure } of query.measures) expect(parseMeasure(measure)).toBeDefined();
  for (const name of query.dimensions) expect(parseDimension(name)).toBeDefined();
  expect(parseFilter(query.q)).toMatchObject({ ok: true });
});

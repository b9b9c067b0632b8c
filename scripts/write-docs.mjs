import { readFile, writeFile } from 'node:fs/promises';
import { settingsTable } from '../packages/server/src/config/settings-text.ts';
import {
  decisionList,
  filterFieldTable,
  measureTable,
  vocabularyTable,
} from '../tests/support/generated-docs.ts';
import { main } from './lib/run.mjs';

/** Parts of the documentation that are generated from tables in the code: file, name of the part, text. */
const PARTS = [
  ['docs/operations.md', 'settings', settingsTable()],
  ['docs/filters.md', 'fields', filterFieldTable()],
  ['docs/dashboards.md', 'measures', measureTable()],
  ['docs/data-model.md', 'vocabularies', vocabularyTable()],
  ['docs/decisions/README.md', 'decisions', await decisionList()],
];

/** Replaces the text between `<!-- name -->` and `<!-- /name -->`. */
main(async () => {
  for (const [file, name, text] of PARTS) {
    const url = new URL(`../${file}`, import.meta.url);
    const page = await readFile(url, 'utf8');
    const part = new RegExp(`(<!-- ${name} -->\n)[^]*?(<!-- /${name} -->)`);
    if (!part.test(page)) throw new Error(`${file} has no part <!-- ${name} -->.`);
    await writeFile(
      url,
      page.replace(part, (_, start, end) => `${start}\n${text}\n\n${end}`),
    );
  }
});

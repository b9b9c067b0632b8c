/**
 * Prints where the prices of Throughline differ from LiteLLM's price list, which comes with its Python package:
 *
 *     npm run bench -- prices > bench/prices/results.md
 *     npm run bench -- prices --list model_prices.json
 *
 * It reads the newest package from the registry of pip, so its results change with both lists.
 */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { PRICE_SOURCE } from '@throughline/spans';
import { compareLists, type ListedModel } from './compare-lists.ts';

const FILE = 'litellm/model_prices_and_context_window_backup.json';
const print = (line: string) => process.stdout.write(`${line}\n`);

const { values } = parseArgs({ options: { list: { type: 'string' } } });
const { name, list } = values.list
  ? { name: values.list, list: readFileSync(values.list, 'utf8') }
  : download();
const today = new Date().toISOString().slice(0, 10);
const { same, differing, unknown, differences } = compareLists(
  JSON.parse(list) as Record<string, ListedModel>,
  Date.parse(today),
);
const unknownCount = [...unknown.values()].reduce((sum, models) => sum + models.length, 0);

print('# Prices compared with another public list\n');
print('```sh\nnpm run bench -- prices > bench/prices/results.md\n```\n');
print(
  `${PRICE_SOURCE} with what Throughline adds, and ${name}, on ${today}. The models of the other list with a`,
);
print('price per token:\n');
print('| both have the same prices | they differ | only the other list has a price |\n| --: | --: | --: |');
print(`| ${same} | ${differing} | ${unknownCount} |\n`);
print('A difference is a reason to look at the price list of the provider, not an error by itself.\n');
print('## Differences\n\nDollars per million tokens.\n');
print('| provider | model | class | Throughline | other list |\n| --- | --- | --- | --: | --: |');
for (const { provider, model, class: each, ours, theirs } of differences)
  print(`| ${provider} | \`${model}\` | ${each} | ${ours} | ${theirs} |`);
print('\n## Models that only the other list has\n');
print('| provider | models |\n| --- | --: |');
for (const [provider, models] of [...unknown].sort(([, a], [, b]) => b.length - a.length))
  print(`| ${provider} | ${models.length} |`);

function download(): { readonly name: string; readonly list: string } {
  const folder = mkdtempSync(join(tmpdir(), 'throughline-prices-'));
  try {
    python(['-m', 'pip', 'download', 'litellm', '--no-deps', '--quiet', '--dest', folder]);
    const wheel = readdirSync(folder).find((file) => file.endsWith('.whl'));
    if (wheel === undefined) throw new Error('pip downloaded no wheel of litellm');
    const read = `import sys, zipfile; sys.stdout.write(zipfile.ZipFile(sys.argv[1]).read('${FILE}').decode())`;
    return { name: wheel.split('-', 2).join('@'), list: python(['-c', read, join(folder, wheel)]) };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function python(args: readonly string[]): string {
  const { status, stdout, stderr, error } = spawnSync('python3', args, {
    encoding: 'utf8',
    maxBuffer: 64 * 1024 * 1024,
  });
  if (status !== 0) throw new Error(`python3 ${args.slice(0, 4).join(' ')}: ${error?.message ?? stderr}`);
  return stdout;
}

import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

/** The address in the guides. Tests replace it with that of their server. */
const GUIDE_URL = 'http://127.0.0.1:4318';

/**
 * Writes the block after `<!-- test: name -->` of a guide to a file of that name, with `serverUrl` instead of the address in
 * the guide, and returns its path.
 *
 * @param guide Path of the Markdown file.
 * @param folder Folder for the file; it has to exist.
 * @param before Text before the block: for parts of a program, the code that the reader already has.
 */
export async function writeSnippet(
  guide: string,
  name: string,
  folder: string,
  serverUrl: string,
  before = '',
): Promise<string> {
  const text = await readFile(guide, 'utf8');
  const block = new RegExp(
    `<!-- test: ${name.replaceAll('.', '\\.')} -->\\n\`\`\`\\w+\\n([\\s\\S]*?)\`\`\``,
  ).exec(text);
  if (!block?.[1]) throw new Error(`The guide has no block for ${name}`);
  const path = join(folder, name);
  await writeFile(path, before + block[1].replaceAll(GUIDE_URL, serverUrl));
  return path;
}

/** The names of all tested blocks of a guide, in order. */
export async function listSnippets(guide: string): Promise<string[]> {
  return [...(await readFile(guide, 'utf8')).matchAll(/<!-- test: (\S+) -->/g)].map(([, name = '']) => name);
}

/** The first lines of those blocks of a guide that are programs and that no test runs. */
export async function listUntested(guide: string): Promise<string[]> {
  const blocks = (await readFile(guide, 'utf8')).matchAll(/(.*)\n```(?:[cm]?[jt]s|tsx?|js|python)\n(.*)/g);
  return [...blocks].flatMap(([, above = '', line = '']) => (above.startsWith('<!-- test: ') ? [] : [line]));
}

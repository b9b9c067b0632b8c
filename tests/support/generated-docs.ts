import { readdir, readFile } from 'node:fs/promises';
import { DIALECTS } from '../../packages/spans/src/dialects/dialects.ts';
import { FILTER_FIELDS, QUERY_MEASURES } from '../../packages/spans/src/index.ts';

const DECISIONS = new URL('../../docs/decisions/', import.meta.url);

/** The fields of the filter language as a Markdown table. */
export function filterFieldTable(): string {
  const rows = Object.entries(FILTER_FIELDS).map(([name, { aliases, describes, example, of }]) => [
    [name, ...(aliases ?? [])].map((each) => `\`${each}\``).join(', '),
    of === 'both' ? 'trace, span' : of,
    describes,
    `\`${example}\``,
  ]);
  return markdownTable(['field', 'of', 'meaning', 'example'], rows);
}

/** The measures of metric queries as a Markdown table. */
export function measureTable(): string {
  const rows = Object.entries(QUERY_MEASURES).map(([name, { of, aggregations, describes }]) => [
    `\`${name}\``,
    of.join(', '),
    describes,
    aggregations.map((each) => `\`${each}\``).join(' '),
  ]);
  return markdownTable(['measure', 'of', 'meaning', 'aggregations'], rows);
}

/** The vocabularies in the order in which they are tried, as a Markdown table. */
export function vocabularyTable(): string {
  return markdownTable(
    ['vocabulary', 'written by'],
    DIALECTS.map(({ title, describes }) => [title, describes]),
  );
}

function markdownTable(head: readonly string[], body: readonly (readonly string[])[]): string {
  const widths = head.map((_, column) => Math.max(...[head, ...body].map((row) => row[column]?.length ?? 0)));
  const line = (cells: readonly string[]) =>
    `| ${cells.map((cell, column) => cell.padEnd(widths[column] as number)).join(' | ')} |`;
  return [line(head), line(widths.map((width) => '-'.repeat(width))), ...body.map(line)].join('\n');
}

/** Files of the decisions, in order. */
export async function decisionFiles(): Promise<string[]> {
  return (await readdir(DECISIONS)).filter((file) => /^\d{3}-.+\.md$/.test(file)).sort();
}

/** The decisions by title, as a Markdown list. */
export async function decisionList(): Promise<string> {
  const lines = (await decisionFiles()).map(async (file) => {
    const title = /^# (.+)$/m.exec(await readFile(new URL(file, DECISIONS), 'utf8'))?.[1];
    return `- [${title}](${file})`;
  });
  return (await Promise.all(lines)).join('\n');
}

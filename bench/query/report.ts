import { readFile, writeFile } from 'node:fs/promises';
import { cpus, totalmem } from 'node:os';

export interface Measurement {
  readonly what: string;
  readonly budgetMs: number;
  readonly p50Ms: number;
  readonly p95Ms: number;
  /** Median processor time of all threads of server and client together, which other programs hardly change. */
  readonly processorMs: number;
  readonly bytes: number;
}

export interface Shape {
  readonly spans: number;
  readonly parts: number;
  /** Bytes on disk per span, by table. */
  readonly bytes: string;
}

const HEAD = '| through HTTP | p50 ms | p95 ms | budget | processor ms | bytes |\n|---|--:|--:|--:|--:|--:|';
const number = (value: number) => value.toLocaleString('en-US');

/** One section of the results. */
export function section(
  rows: readonly Measurement[],
  shape: Shape,
  facts: {
    readonly generateSeconds: number | undefined;
    readonly rssMb: number;
    readonly loadBefore: string;
  },
): string {
  const { generateSeconds, rssMb, loadBefore } = facts;
  const late = rows.filter(({ p95Ms, budgetMs }) => !(p95Ms < budgetMs)).length;
  return `## ${number(shape.spans)} spans

${new Date().toISOString().slice(0, 10)}, ${cpus().length} × ${cpus()[0]?.model}, ${Math.round(totalmem() / 2 ** 30)} GiB, Node ${process.versions.node}. ${shape.parts} parts of spans; bytes on disk per span: ${shape.bytes}${generateSeconds === undefined ? '' : `; generated in ${generateSeconds} s`}. Server and client in one process with ${rssMb} MB at the end. Load average before: ${loadBefore}; above ${cpus().length}, other programs were running and the times include waiting for them. ${late} of ${rows.length} answers are later than their budget.

${HEAD}
${rows
  .map(
    ({ what, p50Ms, p95Ms, budgetMs, processorMs, bytes }) =>
      `| ${what} | ${p50Ms.toFixed(1)} | ${p95Ms < budgetMs ? p95Ms.toFixed(1) : `**${p95Ms.toFixed(1)}**`} | ${budgetMs} | ${processorMs.toFixed(1)} | ${number(bytes)} |`,
  )
  .join('\n')}
`;
}

const GROWTH = '## How each question grows';

/** Saves one section per store size and the table of growth over all sizes. A new run replaces the section of its size. */
export async function save(report: string): Promise<void> {
  const file = new URL('./results.md', import.meta.url);
  const old = await readFile(file, 'utf8').catch(() => '# Queries\n');
  const [title] = report.split('\n', 1);
  const sections = old
    .split(/^(?=## )/m)
    .filter((each) => !each.startsWith(`${title}\n`) && !each.startsWith(GROWTH))
    .concat(report);
  const measured = sections.filter((each) => each.includes(HEAD)).sort((a, b) => sizeOf(a) - sizeOf(b));
  const others = sections.filter((each) => !each.includes(HEAD));
  await writeFile(
    file,
    `${[...others, growth(measured), ...measured].map((each) => each.trim()).join('\n\n')}\n`,
  );
}

function sizeOf(report: string): number {
  return Number((/^## ([\d,]+) spans/.exec(report)?.[1] ?? '').replaceAll(',', ''));
}

/** p95 and processor time of each question by size of the store, and the factor from the first to the last size. */
export function growth(reports: readonly string[]): string {
  const tables = reports.map((report) => ({
    size: sizeOf(report),
    rows: new Map(
      [...report.matchAll(/^\| (.+?) \| [\d.]+ \| \**([\d.]+)\** \| \d+ \| ([\d.]+) \|/gm)].map(
        ([, what, p95, processor]) => [what as string, { p95: Number(p95), processor: Number(processor) }],
      ),
    ),
  }));
  const [first, last] = [tables[0], tables.at(-1)];
  if (!first || !last) return '';
  const millions = (size: number) => `${(size / 1e6).toFixed(size < 1e6 ? 1 : 0)} M`;
  const names = [...last.rows.keys()];
  const lines = names.map((what) => {
    const cells = tables.map(({ rows }) => {
      const row = rows.get(what);
      return row ? `${row.p95.toFixed(0)} (${row.processor.toFixed(0)})` : '–';
    });
    const [small, large] = [first.rows.get(what), last.rows.get(what)];
    const factor = small && large ? (large.processor / small.processor).toFixed(1) : '–';
    return `| ${[what, ...cells, factor].join(' | ')} |`;
  });
  return `${GROWTH}

p95 in ms, with the processor time in parentheses; the last column is the growth of the processor time from ${millions(first.size)} to ${millions(last.size)} spans.

| through HTTP | ${tables.map(({ size }) => millions(size)).join(' | ')} | × |
|---|${tables.map(() => '--:|').join('')}--:|
${lines.join('\n')}
`;
}

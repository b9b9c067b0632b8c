import { formatCount } from '@throughline/spans';
import type { TraceDifference, TraceDifferences } from '../contract/trace-distribution.ts';
import { type ApiTarget, getFromApi } from './api-client.ts';
import { formatTable } from './table.ts';
import { printable, type Terminal } from './terminal.ts';

export interface WhyOptions {
  readonly from?: string;
  readonly to?: string;
  /** Filter of the traces to compare with. */
  readonly among?: string;
  readonly limit: number;
  readonly json: boolean;
}

/** Prints what is different about the traces that pass a filter, compared with the others. */
export async function why(
  terminal: Terminal,
  target: ApiTarget,
  selected: string,
  { from, to, among, limit, json }: WhyOptions,
): Promise<void> {
  const answer = await getFromApi(target, '/traces/differences', { selected, limit, from, to, q: among });
  const found = (await answer.json()) as TraceDifferences;
  if (json) return terminal.out(`${JSON.stringify(found)}\n`);
  const { differences, compared } = found;
  const certain = differences.filter(({ significant }) => significant);
  terminal.err(
    `${formatCount(found.selected)} selected traces, ${formatCount(found.rest)} others; ${formatCount(compared)} values compared.\n`,
  );
  for (const [what, sizes] of [
    ['Fields', found.sampled],
    ['Attributes and words', found.contentSampled],
  ] as const)
    if (sizes)
      terminal.err(
        `${what}: a sample of ${formatCount(sizes.selected)} and ${formatCount(sizes.rest)} traces.\n`,
      );
  if (certain.length === 0) return terminal.err('Nothing differs clearly.\n');
  terminal.out(
    formatTable<TraceDifference>(
      [
        { title: 'SELECTED', align: 'right', text: ({ selectedShare }) => percentOf(selectedShare) },
        { title: 'OTHERS', align: 'right', text: ({ restShare }) => percentOf(restShare) },
        { title: 'FILTER', text: ({ filter }) => printable(filter, 100) },
      ],
      certain,
    ),
  );
}

function percentOf(share: number): string {
  return `${(share * 100).toFixed(share > 0 && share < 0.1 ? 1 : 0)} %`;
}

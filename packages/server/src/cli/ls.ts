import { formatCost, formatCount, formatDuration } from '@throughline/spans';
import type { TraceSummary } from '../contract/trace.ts';
import { type ApiTarget, getFromApi } from './api-client.ts';
import { checkFilter } from './check-filter.ts';
import { localTime } from './local-time.ts';
import { formatTable, type TableColumn } from './table.ts';
import { paint, printable, type Terminal } from './terminal.ts';

export interface LsOptions {
  readonly limit: number;
  readonly sort: string;
  readonly from?: string | undefined;
  readonly to?: string | undefined;
  readonly filter?: string | undefined;
  readonly json: boolean;
}

/** Prints the newest traces as a table, or as the JSON of the API. */
export async function ls(terminal: Terminal, target: ApiTarget, options: LsOptions): Promise<void> {
  const { limit, sort, from, to, filter, json } = options;
  checkFilter(filter);
  const response = await getFromApi(target, '/traces', { limit, sort, from, to, q: filter });
  if (json) return terminal.out(`${await response.text()}\n`);
  const { traces } = (await response.json()) as { traces: TraceSummary[] };
  if (traces.length === 0) return terminal.out(`No traces in project "${target.project ?? 'default'}".\n`);
  terminal.out(formatTable(columns(terminal), traces));
}

function columns(terminal: Terminal): TableColumn<TraceSummary>[] {
  return [
    {
      title: 'STARTED',
      text: (trace) => localTime(trace.startTime),
      paint: (text) => paint(terminal, 'dim', text),
    },
    {
      title: 'STATUS',
      // Most traces have no status, and a column full of `unset` would be less readable than an empty one.
      text: (trace) => (trace.status === 'unset' ? '' : trace.status),
      paint: (text, trace) => (trace.status === 'error' ? paint(terminal, 'red', text) : text),
    },
    {
      title: 'NAME',
      text: (trace) => printable(trace.name, 40),
      paint: (text) => paint(terminal, 'bold', text),
    },
    {
      title: 'DURATION',
      align: 'right',
      text: (trace) => (trace.durationMs === null ? '–' : formatDuration(trace.durationMs)),
    },
    { title: 'SPANS', align: 'right', text: (trace) => formatCount(trace.spanCount) },
    { title: 'TOKENS', align: 'right', text: tokens },
    { title: 'COST', align: 'right', text: cost },
    { title: 'MODELS', text: models },
    { title: 'TRACE', text: (trace) => printable(trace.traceId, 800) },
  ];
}

function tokens({ inputTokens, outputTokens }: TraceSummary): string {
  return inputTokens === null && outputTokens === null
    ? '–'
    : formatCount((inputTokens ?? 0) + (outputTokens ?? 0));
}

/** A `+` means that some calls have no known price, so the cost is a lower bound. */
function cost({ costUsd, costIncomplete }: TraceSummary): string {
  return costUsd === null ? '–' : `${formatCost(costUsd)}${costIncomplete ? '+' : ''}`;
}

function models({ models: [first, ...others] }: TraceSummary): string {
  if (first === undefined) return '–';
  return `${printable(first, 30)}${others.length > 0 ? ` +${others.length}` : ''}`;
}

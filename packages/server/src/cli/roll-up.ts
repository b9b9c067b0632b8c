import {
  findCriticalPath,
  formatCost,
  formatCount,
  formatDuration,
  layoutTrace,
  type RollUpBy,
  type RollUpRow,
  rollUp,
} from '@throughline/spans';
import type { SpanSummary } from '../contract/span.ts';
import { formatTable, type TableColumn } from './table.ts';
import { paint, printable, type Terminal } from './terminal.ts';

/** The totals of a trace by step, kind, model or tool, with most of the critical path first. */
export function rollUpOf(spans: readonly SpanSummary[], by: RollUpBy): readonly RollUpRow[] {
  const layout = layoutTrace(spans);
  return rollUp(layout, findCriticalPath(layout), by).rows;
}

export function formatRollUp(terminal: Terminal, rows: readonly RollUpRow[], by: RollUpBy): string {
  if (rows.length === 0) return `The trace has no spans with a ${by}.\n`;
  return formatTable(columns(terminal, by), rows);
}

/** `CRITICAL` is the time for which the whole trace waited for these spans; these times do not overlap. */
function columns(terminal: Terminal, by: RollUpBy): TableColumn<RollUpRow>[] {
  const duration = (ms: number | null) => (ms === null ? '–' : formatDuration(ms));
  return [
    {
      title: by.toUpperCase(),
      text: ({ label }) => printable(label, 50),
      paint: (text) => paint(terminal, 'bold', text),
    },
    { title: 'KIND', text: ({ kind }) => kind ?? '' },
    { title: 'COUNT', align: 'right', text: ({ count }) => formatCount(count) },
    { title: 'CRITICAL', align: 'right', text: ({ criticalMs }) => duration(criticalMs) },
    { title: 'SELF', align: 'right', text: ({ selfMs }) => duration(selfMs) },
    { title: 'TOTAL', align: 'right', text: ({ totalMs }) => duration(totalMs) },
    { title: 'P50', align: 'right', text: ({ p50Ms }) => duration(p50Ms) },
    { title: 'MAX', align: 'right', text: ({ maxMs }) => duration(maxMs) },
    {
      title: 'TOKENS',
      align: 'right',
      text: ({ tokens }) => (tokens === null ? '–' : formatCount(tokens)),
    },
    { title: 'COST', align: 'right', text: costOf },
    {
      title: 'ERRORS',
      align: 'right',
      text: ({ errors }) => (errors === 0 ? '' : formatCount(errors)),
      paint: (text, { errors }) => (errors > 0 ? paint(terminal, 'red', text) : text),
    },
  ];
}

function costOf({ costUsd, costIncomplete }: RollUpRow): string {
  if (costUsd === null) return '–';
  return `${costIncomplete ? '≥ ' : ''}${formatCost(costUsd)}`;
}

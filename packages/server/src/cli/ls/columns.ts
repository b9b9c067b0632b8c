import { formatCost, formatCount, formatDuration } from '@throughline/spans';
import type { ListedSpan } from '../../contract/span-list.ts';
import type { TraceSummary } from '../../contract/trace.ts';
import type { SessionSummary, UserSummary } from '../../contract/trace-groups.ts';
import { localTime } from '../local-time.ts';
import type { TableColumn } from '../table.ts';
import { paint, printable, type Terminal } from '../terminal.ts';

const MAX_NAME = 40;
const MAX_ID = 800;

interface Started {
  readonly startTime: string;
  readonly status: string;
  readonly name: string;
  readonly durationMs: number | null;
}

interface Usage {
  readonly inputTokens: number | null;
  readonly outputTokens: number | null;
}

function started(terminal: Terminal): TableColumn<Started>[] {
  return [
    {
      title: 'STARTED',
      text: (row) => localTime(row.startTime, terminal.timeZone),
      paint: (text) => paint(terminal, 'dim', text),
    },
    {
      title: 'STATUS',
      // Most rows have no status, and a column full of `unset` would be less readable than an empty one.
      text: (row) => (row.status === 'unset' ? '' : row.status),
      paint: (text, row) => (row.status === 'error' ? paint(terminal, 'red', text) : text),
    },
    {
      title: 'NAME',
      text: (row) => printable(row.name, MAX_NAME),
      paint: (text) => paint(terminal, 'bold', text),
    },
    {
      title: 'DURATION',
      align: 'right',
      text: (row) => (row.durationMs === null ? '–' : formatDuration(row.durationMs)),
    },
  ];
}

const TOKENS: TableColumn<Usage> = { title: 'TOKENS', align: 'right', text: tokens };

export function traceColumns(terminal: Terminal): TableColumn<TraceSummary>[] {
  return [
    ...started(terminal),
    { title: 'SPANS', align: 'right', text: (trace) => formatCount(trace.spanCount) },
    TOKENS,
    { title: 'COST', align: 'right', text: cost },
    { title: 'MODELS', text: models },
    { title: 'TRACE', text: (trace) => printable(trace.traceId, MAX_ID) },
  ];
}

export function spanColumns(terminal: Terminal): TableColumn<ListedSpan>[] {
  return [
    ...started(terminal),
    { title: 'KIND', text: (span) => span.kind },
    TOKENS,
    {
      title: 'COST',
      align: 'right',
      text: (span) => (span.costUsd === null ? '–' : formatCost(span.costUsd)),
    },
    { title: 'MODEL', text: (span) => (span.model === null ? '–' : printable(span.model, MAX_NAME)) },
    { title: 'TRACE', text: (span) => printable(span.traceId, MAX_ID) },
    { title: 'SPAN', text: (span) => printable(span.spanId, MAX_ID) },
  ];
}

type RowWithColumns = Pick<ListedSpan, 'columns'>;

/** The attributes that were requested as columns. */
export function attributeColumns<Row extends RowWithColumns>([first]: readonly Row[]): TableColumn<Row>[] {
  return Object.keys(first?.columns ?? {}).map((name) => ({
    title: printable(name, MAX_NAME),
    text: (span) => printable(span.columns[name] ?? '–', MAX_NAME),
  }));
}

type Group = SessionSummary | UserSummary;

export function groupColumns(terminal: Terminal, list: 'sessions' | 'users'): TableColumn<Group>[] {
  return [
    {
      title: 'LAST SEEN',
      text: (group) => localTime(group.lastSeen, terminal.timeZone),
      paint: (text) => paint(terminal, 'dim', text),
    },
    { title: 'TRACES', align: 'right', text: (group) => formatCount(group.traceCount) },
    {
      title: 'FAILED',
      align: 'right',
      text: (group) => formatCount(group.failedTraceCount),
      paint: (text, group) => (group.failedTraceCount > 0 ? paint(terminal, 'red', text) : text),
    },
    TOKENS,
    { title: 'COST', align: 'right', text: cost },
    { title: 'LAST INPUT', text: (group) => printable(group.lastInputPreview ?? '–', MAX_NAME) },
    {
      title: list === 'sessions' ? 'SESSION' : 'USER',
      text: (group) => printable('sessionId' in group ? group.sessionId : (group.userId ?? ''), MAX_ID),
      paint: (text) => paint(terminal, 'bold', text),
    },
  ];
}

function tokens({ inputTokens, outputTokens }: Usage): string {
  return inputTokens === null && outputTokens === null
    ? '–'
    : formatCount((inputTokens ?? 0) + (outputTokens ?? 0));
}

/** `≥` means that some calls have no known price, so the cost is a lower bound. */
function cost({
  costUsd,
  costIncomplete,
}: {
  readonly costUsd: number | null;
  readonly costIncomplete: boolean;
}): string {
  return costUsd === null ? '–' : `${costIncomplete ? '≥ ' : ''}${formatCost(costUsd)}`;
}

function models({ models: [first, ...others] }: TraceSummary): string {
  if (first === undefined) return '–';
  return `${printable(first, 30)}${others.length > 0 ? ` +${others.length}` : ''}`;
}

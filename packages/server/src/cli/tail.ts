import { setTimeout } from 'node:timers/promises';
import { formatCost, formatDuration, formatTokens } from '@throughline/spans';
import type { LiveEvent, LiveFinished, LiveLagged } from '../contract/live.ts';
import { type ApiTarget, CliError, getFromApi } from './api-client.ts';
import { checkFilter } from './check-filter.ts';
import { localTime } from './local-time.ts';
import { readServerSentEvents } from './server-sent-events.ts';
import { paint, printable, type Terminal } from './terminal.ts';

const RECONNECT_MS = 1_000;

export interface TailOptions {
  /** If set, only matching spans are printed. */
  readonly filter?: string | undefined;
  readonly json: boolean;
  /** Prints traces when they are finished, instead of spans. Cannot be combined with a filter. */
  readonly traces: boolean;
}

/** Prints what arrives until the signal is aborted. If the connection ends, it connects again. */
export async function tail(
  terminal: Terminal,
  target: ApiTarget,
  { filter, json, traces }: TailOptions,
  signal: AbortSignal,
): Promise<void> {
  if (traces && filter !== undefined)
    throw new CliError('A filter selects spans, so it cannot be combined with --traces.', 2);
  checkFilter(filter, { of: 'span' });
  for (let attempt = 0; !signal.aborted; attempt += 1) {
    try {
      const response = await getFromApi(
        target,
        '/live',
        { q: filter },
        { accept: 'text/event-stream', signal },
      );
      const what = traces ? 'finished traces' : 'spans';
      const which = filter === undefined ? '' : ` that match ${printable(filter, 200)}`;
      if (!json) terminal.err(paint(terminal, 'dim', `Waiting for ${what}${which}. Ctrl-C ends.\n`));
      for await (const { event, data } of readServerSentEvents(response)) {
        if (event === 'spans' && !traces) {
          const { spans, more } = JSON.parse(data) as LiveEvent;
          print(terminal, spans, more, json ? JSON.stringify : (span) => lineOf(terminal, span));
        } else if (event === 'finished' && traces) {
          const { traces: finished, more } = JSON.parse(data) as LiveFinished;
          print(terminal, finished, more, json ? JSON.stringify : (trace) => traceLine(terminal, trace));
        } else if (event === 'lagged') terminal.err(missed(JSON.parse(data) as LiveLagged));
      }
    } catch (error) {
      if (signal.aborted) return;
      // A failure of the first attempt is reported. Later ones usually mean that the server restarts.
      if (attempt === 0 && error instanceof CliError) throw error;
    }
    await setTimeout(RECONNECT_MS, undefined, { signal }).catch(() => {});
  }
}

function missed({ spans }: LiveLagged): string {
  return spans === null
    ? 'The server could not read some rows in time; spans may be missing here.\n'
    : `This terminal was too slow; ${spans} spans are not shown.\n`;
}

function print<Row>(
  terminal: Terminal,
  rows: readonly Row[],
  more: number,
  lineOf: (row: Row) => string,
): void {
  for (const row of rows) terminal.out(`${lineOf(row)}\n`);
  if (more > 0) terminal.err(`… and ${more} more\n`);
}

function traceLine(terminal: Terminal, trace: LiveFinished['traces'][number]): string {
  const { inputTokens, outputTokens, costUsd, errorCount } = trace;
  const hasTokens = inputTokens !== null || outputTokens !== null;
  const cost = costUsd !== null && `${trace.costIncomplete ? '≥ ' : ''}${formatCost(costUsd)}`;
  const failed = trace.status === 'error' ? '✗ error' : `${errorCount} failed`;
  const facts = [
    `${trace.spanCount} ${trace.spanCount === 1 ? 'span' : 'spans'}`,
    hasTokens && formatTokens((inputTokens ?? 0) + (outputTokens ?? 0)),
    cost,
    errorCount > 0 && paint(terminal, trace.status === 'error' ? 'red' : 'yellow', failed),
    trace.again && 'changed',
  ];
  return [
    paint(terminal, 'dim', localTime(trace.startTime, terminal.timeZone).slice(11)),
    printable(trace.name, 40).padEnd(30),
    (trace.durationMs === null ? 'running' : formatDuration(trace.durationMs)).padStart(8),
    paint(terminal, 'dim', printable(trace.traceId, 32)),
    facts.filter(Boolean).join(' · '),
  ].join('  ');
}

function lineOf(terminal: Terminal, span: LiveEvent['spans'][number]): string {
  const tokens =
    span.inputTokens === null && span.outputTokens === null
      ? null
      : (span.inputTokens ?? 0) + (span.outputTokens ?? 0);
  const facts = [
    span.model && printable(span.model, 40),
    tokens !== null && formatTokens(tokens),
    span.costUsd !== null && formatCost(span.costUsd),
    span.status === 'error' &&
      paint(terminal, 'red', `✗ ${printable(span.errorType ?? span.statusMessage ?? 'error', 80)}`),
  ];
  return [
    paint(terminal, 'dim', localTime(span.startTime, terminal.timeZone).slice(11)),
    span.kind.padEnd(9),
    printable(span.name, 40).padEnd(30),
    (span.durationMs === null ? 'running' : formatDuration(span.durationMs)).padStart(8),
    paint(terminal, 'dim', printable(span.traceId, 32)),
    facts.filter(Boolean).join(' · '),
  ]
    .join('  ')
    .trimEnd();
}

import { setTimeout } from 'node:timers/promises';
import { formatCost, formatDuration, formatTokens } from '@throughline/spans';
import type { LiveEvent, LiveLagged } from '../contract/live.ts';
import { type ApiTarget, CliError, getFromApi } from './api-client.ts';
import { localTime } from './local-time.ts';
import { readServerSentEvents } from './server-sent-events.ts';
import { paint, printable, type Terminal } from './terminal.ts';

const RECONNECT_MS = 1_000;

/** Prints spans as they arrive until the signal is aborted. If the connection ends, it connects again. */
export async function tail(
  terminal: Terminal,
  target: ApiTarget,
  json: boolean,
  signal: AbortSignal,
): Promise<void> {
  for (let attempt = 0; !signal.aborted; attempt += 1) {
    try {
      const response = await getFromApi(target, '/live', {}, { accept: 'text/event-stream', signal });
      if (!json) terminal.err(paint(terminal, 'dim', 'Waiting for spans. Ctrl-C ends.\n'));
      for await (const { event, data } of readServerSentEvents(response)) {
        if (event === 'spans') print(terminal, JSON.parse(data) as LiveEvent, json);
        else if (event === 'lagged') terminal.err(missed(JSON.parse(data) as LiveLagged));
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

function print(terminal: Terminal, { spans, more }: LiveEvent, json: boolean): void {
  for (const span of spans) terminal.out(`${json ? JSON.stringify(span) : lineOf(terminal, span)}\n`);
  if (more > 0) terminal.err(`… and ${more} more\n`);
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
    paint(terminal, 'dim', localTime(span.startTime).slice(11)),
    span.kind.padEnd(9),
    printable(span.name, 40).padEnd(30),
    (span.durationMs === null ? 'running' : formatDuration(span.durationMs)).padStart(8),
    paint(terminal, 'dim', printable(span.traceId, 32)),
    facts.filter(Boolean).join(' · '),
  ]
    .join('  ')
    .trimEnd();
}

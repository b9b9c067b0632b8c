import { formatCount } from '@throughline/spans';
import type { DeletedSelection } from '../contract/trace-deletion.ts';
import { type ApiTarget, CliError, callApi } from './api-client.ts';
import { checkFilter } from './check-filter.ts';
import { Progress } from './progress.ts';
import type { Terminal } from './terminal.ts';

export interface DeleteOptions {
  readonly filter: string;
  readonly from?: string | undefined;
  readonly to?: string | undefined;
  readonly dryRun?: boolean | undefined;
  readonly yes?: boolean | undefined;
  readonly json: boolean;
}

/** Deletes the traces that pass a filter, at most a thousand in one request. Traces that arrive meanwhile stay. */
export async function deleteTraces(
  terminal: Terminal,
  target: ApiTarget,
  { filter, from, to, dryRun = false, yes = false, json }: DeleteOptions,
  signal: AbortSignal,
): Promise<void> {
  checkFilter(filter);
  const request = async (query: Readonly<Record<string, string>>): Promise<DeletedSelection> => {
    const response = await callApi(
      target,
      '/traces',
      { q: filter, from, to, ...query },
      { method: 'DELETE', signal },
    );
    return (await response.json()) as DeletedSelection;
  };
  const { traces, spans, receivedBefore } = await request({ dryRun: 'true' });
  const where = `project "${target.project ?? 'default'}"`;
  const all = `${countOf(traces, 'trace')} with ${countOf(spans, 'span')}`;
  if (dryRun || traces === 0) {
    if (json) return terminal.out(`${JSON.stringify({ traces, spans })}\n`);
    return terminal.out(`${all} of ${where} match. Nothing was deleted.\n`);
  }
  if (!yes) throw new CliError(`This deletes ${all} of ${where}. Add --yes to delete them.`, 2);
  const progress = new Progress(terminal);
  const deleted = { traces: 0, spans: 0 };
  for (let more = true; more; ) {
    if (signal.aborted) break;
    const step = await request({ receivedBefore });
    deleted.traces += step.traces;
    deleted.spans += step.spans;
    more = step.more;
    progress.show(`${formatCount(deleted.traces)} of ${countOf(traces, 'trace')} deleted`);
  }
  progress.clear();
  if (json) return terminal.out(`${JSON.stringify(deleted)}\n`);
  terminal.out(
    `Deleted ${countOf(deleted.traces, 'trace')} with ${countOf(deleted.spans, 'span')} of ${where}.\n`,
  );
}

function countOf(count: number, noun: string): string {
  return `${formatCount(count)} ${count === 1 ? noun : `${noun}s`}`;
}

import { formatCount } from '@throughline/spans';
import type { ListedTrace } from '../contract/trace.ts';
import type { ChangedTags } from '../contract/trace-tags.ts';
import { type ApiTarget, CliError, callApi, getFromApi } from './api-client.ts';
import { checkFilter } from './check-filter.ts';
import { Progress } from './progress.ts';
import type { Terminal } from './terminal.ts';

export interface TagOptions {
  readonly filter: string;
  readonly add: readonly string[];
  readonly remove: readonly string[];
  readonly from?: string | undefined;
  readonly to?: string | undefined;
}

const PAGE = 500;

/** Adds tags to the traces that pass a filter, or removes them. */
export async function tagTraces(
  terminal: Terminal,
  target: ApiTarget,
  { filter, add, remove, from, to }: TagOptions,
  signal: AbortSignal,
): Promise<void> {
  checkFilter(filter);
  if (add.length + remove.length === 0) throw new CliError('Name a tag with --add or --remove.', 2);
  const traceIds = await idsOf(target, { q: filter, from, to }, signal);
  const progress = new Progress(terminal);
  let changed = 0;
  for (let at = 0; at < traceIds.length; at += PAGE) {
    const body = { traceIds: traceIds.slice(at, at + PAGE), add, remove };
    const response = await callApi(target, '/tags', {}, { method: 'POST', body, signal });
    changed += ((await response.json()) as ChangedTags).traces;
    progress.show(`${formatCount(changed)} of ${formatCount(traceIds.length)} traces`);
  }
  progress.clear();
  terminal.out(
    `Changed the tags of ${formatCount(changed)} ${changed === 1 ? 'trace' : 'traces'} of project "${target.project ?? 'default'}".\n`,
  );
}

/** All ids are read before anything changes, because a change of tags can change what the filter finds. */
async function idsOf(
  target: ApiTarget,
  selection: Readonly<Record<string, string | undefined>>,
  signal: AbortSignal,
): Promise<string[]> {
  const ids: string[] = [];
  let cursor: string | undefined;
  do {
    const response = await getFromApi(target, '/traces', { ...selection, limit: PAGE, cursor }, { signal });
    const page = (await response.json()) as { traces: ListedTrace[]; nextCursor: string | null };
    for (const { traceId } of page.traces) ids.push(traceId);
    cursor = page.nextCursor ?? undefined;
  } while (cursor !== undefined);
  return ids;
}

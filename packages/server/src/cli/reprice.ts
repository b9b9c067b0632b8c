import { setTimeout as delay } from 'node:timers/promises';
import { formatCost, formatCount } from '@throughline/spans';
import type { RepricedModel, RepriceJob } from '../contract/reprice-job.ts';
import { type ApiTarget, CliError, callApi, getFromApi } from './api-client.ts';
import { checkFilter } from './check-filter.ts';
import { Progress } from './progress.ts';
import { formatTable } from './table.ts';
import { printable, type Terminal } from './terminal.ts';

export interface RepriceOptions {
  readonly filter?: string | undefined;
  readonly from?: string | undefined;
  readonly to?: string | undefined;
  readonly dryRun?: boolean | undefined;
  readonly json: boolean;
}

const EVERY_MS = 300;

/** Computes the costs of stored spans again with the prices of now. The server does it, and goes on if this command ends. */
export async function reprice(
  terminal: Terminal,
  target: ApiTarget,
  { filter, from, to, dryRun = false, json }: RepriceOptions,
  signal: AbortSignal,
): Promise<void> {
  if (filter !== undefined) checkFilter(filter, { of: 'span' });
  const body = { q: filter ?? null, from: from ?? null, to: to ?? null, dryRun };
  const started = await callApi(target, '/reprice-jobs', {}, { method: 'POST', body, signal });
  let job = (await started.json()) as RepriceJob;
  const progress = new Progress(terminal);
  while (job.state === 'running') {
    progress.show(
      `${formatCount(job.spansDone)} of ${formatCount(job.spansTotal)} spans, ${formatCount(job.spansChanged)} changed`,
    );
    await delay(EVERY_MS, undefined, { signal }).catch(() => {});
    if (signal.aborted) {
      progress.clear();
      throw new CliError(
        'The server goes on in the background. The page Prices shows its progress and can cancel it.',
      );
    }
    job = (await (await getFromApi(target, `/reprice-jobs/${job.id}`)).json()) as RepriceJob;
  }
  progress.clear();
  if (json) terminal.out(`${JSON.stringify(job)}\n`);
  else terminal.out(formatJob(job));
  if (job.state === 'failed') throw new CliError(job.error ?? 'It failed.');
}

export function formatJob(job: RepriceJob): string {
  const changed = job.models.filter((model) => model.changed > 0);
  const verb = job.dryRun ? 'would change' : 'changed';
  const summary =
    `${job.state === 'cancelled' ? 'Cancelled. ' : ''}${formatCount(job.spansChanged)} of ${formatCount(job.spansDone)} ` +
    `spans ${verb}: ${formatCost(job.costBeforeUsd)} → ${formatCost(job.costAfterUsd)}.` +
    `${job.dryRun ? ' Nothing was changed.' : ''}\n`;
  if (changed.length === 0) return summary;
  return `${formatTable<RepricedModel>(COLUMNS, changed)}${summary}`;
}

const COLUMNS: Parameters<typeof formatTable<RepricedModel>>[0] = [
  { title: 'MODEL', text: ({ model }) => printable(model ?? '(no model)', 60) },
  { title: 'PROVIDER', text: ({ provider }) => printable(provider ?? '', 30) },
  { title: 'SPANS', align: 'right', text: ({ spans }) => formatCount(spans) },
  { title: 'CHANGED', align: 'right', text: ({ changed }) => formatCount(changed) },
  { title: 'NEWLY PRICED', align: 'right', text: ({ newlyPriced }) => formatCount(newlyPriced) },
  { title: 'NO LONGER', align: 'right', text: ({ noLongerPriced }) => formatCount(noLongerPriced) },
  { title: 'BEFORE', align: 'right', text: ({ costBeforeUsd }) => formatCost(costBeforeUsd) },
  { title: 'AFTER', align: 'right', text: ({ costAfterUsd }) => formatCost(costAfterUsd) },
];

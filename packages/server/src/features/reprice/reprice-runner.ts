import { setTimeout as delay } from 'node:timers/promises';
import type { ProjectPrices } from '@throughline/spans';
import type { Engine } from '../../clickhouse/engine.ts';
import { QueryError, type QueryErrorReason } from '../../clickhouse/query-error.ts';
import { and, type Sql, sql, time } from '../../clickhouse/sql.ts';
import type { RepriceJob } from '../../contract/reprice-job.ts';
import { parseTimestamp } from '../../contract/timestamps.ts';
import { spanFilterConditions } from '../../query/filter/filter-sql.ts';
import { readFilter } from '../../query/filter/read-filter.ts';
import { MAX_NS } from '../../query/max-time.ts';
import { type ProjectScope, projectScope } from '../../query/project-scope.ts';
import type { RelationalStore } from '../../relational/relational-store.ts';
import type { Settler } from '../../settle/settler.ts';
import { afterWindow, type Progress, startOf } from './progress.ts';
import type { ClaimedJob, RepriceJobStore, RepriceSelection } from './reprice-job-store.ts';
import { CAN_BE_REPRICED, priceWindow, writeWindow } from './reprice-window.ts';
import { countCallsOf, planWindows, type Window, whereOf } from './windows.ts';

export interface RepriceRunnerParts {
  readonly engine: Engine;
  readonly settler: Pick<Settler, 'alone'>;
  readonly jobs: RepriceJobStore;
  readonly relational: Pick<RelationalStore, 'exists'>;
  readonly prices: {
    of(project: string): ProjectPrices | undefined;
    /** Reads the prices again if they have changed. */
    refresh(): Promise<void>;
  };
  /** Identifies this server among those that share the relational store. */
  readonly owner: string;
  /** Resolves once everything that was acknowledged is readable, or after a few seconds. */
  readonly whenLoaded: () => Promise<void>;
  readonly onWarning: (message: string, error: unknown) => void;
}

export interface RepriceRunner {
  /** Starts a run. @throws ThroughlineError reprice-running, invalid-filter */
  start(project: string, selection: RepriceSelection): Promise<RepriceJob>;
  /** Stops after the current window. The next start of a server continues. */
  stop(): Promise<void>;
}

/** The store may work again later. */
const RETRIED: ReadonlySet<QueryErrorReason> = new Set(['unavailable', 'busy', 'memory', 'closed']);

/** How often a server looks for jobs that another one has left. */
const EVERY_MS = 30_000;

/**
 * Computes the costs of stored spans again, in windows of a few thousand spans in the order of their start, one job at a time.
 * A window is read, written and settled while the settler does nothing else. Between windows it pauses for as long as the
 * last one took, so a run takes half a processor at most and ingest goes on.
 *
 * Before a window is written, the window and the progress after it are saved as pending. If the server is killed in between,
 * the window is written again (rows that have their new cost already are left alone, and all its traces are settled), and the
 * pending progress becomes the progress. So every span is counted once.
 */
export function createRepriceRunner(parts: RepriceRunnerParts): RepriceRunner {
  const { engine, jobs, relational, prices, owner, whenLoaded, onWarning } = parts;
  const stopping = new AbortController();
  const { signal } = stopping;
  let running: Promise<void> | undefined;

  const run = async (): Promise<void> => {
    while (!signal.aborted && relational.exists()) {
      const job = await jobs.claim(owner);
      if (!job) return;
      try {
        // Another server may have changed them, or they could not be read when this server started.
        await prices.refresh();
        await runJob(parts, job, signal);
      } catch (error) {
        if (signal.aborted) return;
        const isAway = error instanceof QueryError && RETRIED.has(error.reason);
        onWarning(`Costs could not be computed again${isAway ? '; it is tried again soon' : ''}.`, error);
        if (isAway) return;
        await jobs.finish(
          job.id,
          owner,
          'failed',
          'The store failed. The log of the server contains the cause.',
        );
      }
    }
  };
  const wake = (): void => {
    running ??= run()
      .catch((error: unknown) => {
        if (!signal.aborted) onWarning('Runs that compute costs again could not be read.', error);
      })
      .finally(() => {
        running = undefined;
      });
  };
  const timer = setInterval(wake, EVERY_MS);
  timer.unref();
  wake();

  return {
    async start(project, selection) {
      const scope = projectScope(engine, project);
      await whenLoaded();
      const conditions = conditionsOf(scope, selection);
      const total = await countCallsOf(scope, conditions);
      const fromMinute = Number(rangeOf(selection).fromNs / 60_000_000_000n);
      const job = await jobs.create(project, selection, startOf(total, fromMinute));
      // A run that is just ending would not see the new job.
      void (running ?? Promise.resolve()).then(wake);
      return job;
    },
    async stop() {
      clearInterval(timer);
      stopping.abort();
      await running;
    },
  };
}

async function runJob(
  parts: RepriceRunnerParts,
  { id, project, selection, progress: first, pending }: ClaimedJob,
  signal: AbortSignal,
): Promise<void> {
  const { engine, settler, jobs, prices, owner } = parts;
  const scope = projectScope(engine, project);
  const conditions = conditionsOf(scope, selection);
  let progress = first;
  if (pending) {
    const { window, traceIds } = pending;
    await settler.alone(async () => {
      const calls = await priceWindow(engine, project, whereOf(window, conditions), prices.of(project));
      await writeWindow(engine, project, window, calls, traceIds);
    });
    progress = pending.after;
    if (!(await jobs.save(id, owner, progress))) return;
  }
  for (;;) {
    const windows = await planWindows(scope, conditions, progress.place);
    if (windows.length === 0) break;
    for (const window of windows) {
      if (signal.aborted) return;
      const began = performance.now();
      const after = await runWindow(window);
      if (after === undefined) return;
      progress = after;
      await delay(performance.now() - began, undefined, { signal }).catch(() => {});
    }
  }
  await jobs.finish(id, owner, 'done');

  /** Returns the progress after the window. Undefined if the job was cancelled. */
  async function runWindow(window: Window): Promise<Progress | undefined> {
    const where = whereOf(window, conditions);
    const price = () => priceWindow(engine, project, where, prices.of(project));
    if (selection.dryRun) {
      const after = afterWindow(progress, await price(), window.next);
      return (await jobs.save(id, owner, after)) ? after : undefined;
    }
    return settler.alone(async () => {
      const calls = await price();
      const after = afterWindow(progress, calls, window.next);
      const traceIds = [...new Set(calls.map(({ call }) => call.traceId))];
      if (!(await jobs.save(id, owner, progress, { window, after, traceIds }))) return undefined;
      await writeWindow(engine, project, window, calls);
      return (await jobs.save(id, owner, after)) ? after : undefined;
    });
  }
}

function rangeOf({ from, to }: RepriceSelection): { readonly fromNs: bigint; readonly toNs: bigint } {
  return {
    fromNs: (from === null ? undefined : parseTimestamp(from)) ?? 0n,
    toNs: (to === null ? undefined : parseTimestamp(to)) ?? MAX_NS,
  };
}

/** @throws ThroughlineError invalid-filter */
function conditionsOf(scope: ProjectScope, selection: RepriceSelection): Sql {
  const { fromNs, toNs } = rangeOf(selection);
  const filter = readFilter(selection.q ?? undefined, { of: 'span' });
  return and([
    sql`start >= ${time(fromNs)} AND start < ${time(toNs)}`,
    CAN_BE_REPRICED,
    ...spanFilterConditions(scope, filter, fromNs, toNs),
  ]);
}

import { randomUUID } from 'node:crypto';
import { addCosts } from '@throughline/spans';
import type { Selectable } from 'kysely';
import type { NewRepriceJob, RepriceJob } from '../../contract/reprice-job.ts';
import { isoTimestampOf } from '../../contract/timestamps.ts';
import { ThroughlineError } from '../../errors/errors.ts';
import type { RepriceJobTable } from '../../relational/database.ts';
import { isUniqueViolation } from '../../relational/database-error.ts';
import type { RelationalStore } from '../../relational/relational-store.ts';
import type { Progress } from './progress.ts';
import type { Window } from './windows.ts';

/** A run as a server works on it. */
export interface ClaimedJob {
  readonly id: string;
  readonly project: string;
  readonly selection: RepriceSelection;
  readonly progress: Progress;
  /** The window that was being written when the last server stopped. */
  readonly pending: PendingWindow | undefined;
}

/** A window that is being written, and the progress after it. */
export interface PendingWindow {
  readonly window: Window;
  readonly after: Progress;
  /** The traces of its calls. All of them are settled, whether or not their calls pass the filter with their new costs. */
  readonly traceIds: readonly string[];
}

/** Which spans a run examines. */
export type RepriceSelection = Required<NewRepriceJob>;

/** The runs of all projects. */
export interface RepriceJobStore {
  /** @throws ThroughlineError reprice-running */
  create(project: string, selection: RepriceSelection, progress: Progress): Promise<RepriceJob>;
  /** The latest runs of a project, newest first. */
  list(project: string): Promise<RepriceJob[]>;
  /** @throws ThroughlineError reprice-job-not-found */
  get(project: string, id: string): Promise<RepriceJob>;
  /** Ends a running job. @throws ThroughlineError reprice-job-not-found */
  cancel(project: string, id: string): Promise<RepriceJob>;
  /** Takes the oldest running job that no other server works on. */
  claim(owner: string): Promise<ClaimedJob | undefined>;
  /** Saves where a claimed job is. False if it was cancelled or if another server has taken it. */
  save(id: string, owner: string, progress: Progress, pending?: PendingWindow): Promise<boolean>;
  finish(id: string, owner: string, state: 'done' | 'failed', error?: string): Promise<void>;
}

/** Another server continues a job if its server is silent for this long. */
const LEASE_MS = 60_000;
const LISTED = 20;
/** Older jobs of a project are deleted. */
const KEPT = 50;

export interface RepriceJobStoreParts {
  readonly relational: RelationalStore;
  /** Milliseconds since 1970. */
  readonly nowMs: () => number;
}

export function createRepriceJobStore({ relational, nowMs }: RepriceJobStoreParts): RepriceJobStore {
  const find = (project: string, id: string): Promise<RepriceJob> =>
    relational.use(async (db) => {
      const row = await db
        .selectFrom('reprice_jobs')
        .selectAll()
        .where('project', '=', project)
        .where('id', '=', id)
        .executeTakeFirst();
      if (!row) throw notFound(id, project);
      return toJob(row);
    });

  return {
    create: (project, selection, progress) =>
      relational.use(async (db) => {
        const now = nowMs();
        const row: RepriceJobTable = {
          id: randomUUID(),
          project,
          selection: JSON.stringify(selection),
          dry_run: selection.dryRun ? 1 : 0,
          state: 'running',
          progress: JSON.stringify(progress),
          pending: '',
          error: '',
          owner: '',
          lease_until: 0,
          created_at: now,
          updated_at: now,
        };
        try {
          await db.insertInto('reprice_jobs').values(row).execute();
        } catch (error) {
          if (!isUniqueViolation(error)) throw error;
          throw new ThroughlineError(
            'reprice-running',
            `Costs of project "${project}" are being computed again already. Wait until that has finished, or cancel it.`,
            { cause: error },
          );
        }
        await db
          .deleteFrom('reprice_jobs')
          .where('project', '=', project)
          .where('id', 'not in', (of) =>
            of
              .selectFrom('reprice_jobs')
              .select('id')
              .where('project', '=', project)
              .orderBy('created_at', 'desc')
              .limit(KEPT),
          )
          .where('state', '!=', 'running')
          .execute();
        return toJob(row);
      }),

    list: (project) =>
      relational.use(async (db) => {
        const rows = await db
          .selectFrom('reprice_jobs')
          .selectAll()
          .where('project', '=', project)
          .orderBy('created_at', 'desc')
          .limit(LISTED)
          .execute();
        return rows.map(toJob);
      }),

    get: find,

    cancel: async (project, id) => {
      await relational.use((db) =>
        db
          .updateTable('reprice_jobs')
          .set({ state: 'cancelled', updated_at: nowMs() })
          .where('project', '=', project)
          .where('id', '=', id)
          .where('state', '=', 'running')
          .execute(),
      );
      return find(project, id);
    },

    claim: (owner) =>
      relational.use((db) =>
        db.transaction().execute(async (transaction) => {
          const now = nowMs();
          const isFree = { state: 'running', until: now } as const;
          const next = await transaction
            .selectFrom('reprice_jobs')
            .select('id')
            .where('state', '=', isFree.state)
            .where((where) => where.or([where('owner', '=', owner), where('lease_until', '<', isFree.until)]))
            .orderBy('created_at')
            .limit(1)
            .executeTakeFirst();
          if (!next) return undefined;
          const row = await transaction
            .updateTable('reprice_jobs')
            .set({ owner, lease_until: now + LEASE_MS })
            .where('id', '=', next.id)
            .where('state', '=', isFree.state)
            .where((where) => where.or([where('owner', '=', owner), where('lease_until', '<', isFree.until)]))
            .returningAll()
            .executeTakeFirst();
          return row && toClaimed(row);
        }),
      ),

    save: (id, owner, progress, pending) =>
      relational.use(async (db) => {
        const rows = await db
          .updateTable('reprice_jobs')
          .set({
            progress: JSON.stringify(progress),
            pending: pending === undefined ? '' : JSON.stringify(pending),
            lease_until: nowMs() + LEASE_MS,
            updated_at: nowMs(),
          })
          .where('id', '=', id)
          .where('owner', '=', owner)
          .where('state', '=', 'running')
          .returning('id')
          .execute();
        return rows.length > 0;
      }),

    finish: (id, owner, state, error = '') =>
      relational.use(async (db) => {
        await db
          .updateTable('reprice_jobs')
          .set({ state, error, pending: '', updated_at: nowMs() })
          .where('id', '=', id)
          .where('owner', '=', owner)
          .where('state', '=', 'running')
          .execute();
      }),
  };
}

function toClaimed(row: Selectable<RepriceJobTable>): ClaimedJob {
  return {
    id: row.id,
    project: row.project,
    selection: JSON.parse(row.selection) as RepriceSelection,
    progress: JSON.parse(row.progress) as Progress,
    pending: row.pending === '' ? undefined : (JSON.parse(row.pending) as PendingWindow),
  };
}

function toJob(row: Selectable<RepriceJobTable>): RepriceJob {
  const { q, from, to, dryRun } = JSON.parse(row.selection) as RepriceSelection;
  const { total, done, changed, models } = JSON.parse(row.progress) as Progress;
  const difference = (model: (typeof models)[number]) => Math.abs(model.costAfterUsd - model.costBeforeUsd);
  return {
    id: row.id,
    state: row.state as RepriceJob['state'],
    dryRun,
    q,
    from,
    to,
    // Spans that arrive while it runs are examined as well.
    spansTotal: row.state === 'done' ? done : Math.max(total, done),
    spansDone: done,
    spansChanged: changed,
    costBeforeUsd: addCosts(models.map(({ costBeforeUsd }) => costBeforeUsd)),
    costAfterUsd: addCosts(models.map(({ costAfterUsd }) => costAfterUsd)),
    models: models.toSorted(
      (a, b) =>
        Number(b.changed > 0) - Number(a.changed > 0) || difference(b) - difference(a) || b.spans - a.spans,
    ),
    error: row.error || null,
    createdAt: isoOf(row.created_at),
    updatedAt: isoOf(row.updated_at),
  };
}

function notFound(id: string, project: string): ThroughlineError {
  return new ThroughlineError('reprice-job-not-found', `There is no run "${id}" in project "${project}".`);
}

function isoOf(ms: number): string {
  return isoTimestampOf(BigInt(ms) * 1_000_000n);
}

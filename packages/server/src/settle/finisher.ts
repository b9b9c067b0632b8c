import type { Engine } from '../clickhouse/engine.ts';
import { compile, sql, time } from '../clickhouse/sql.ts';
import type { FinishCursor } from './finish-cursor.ts';
import { ofTraces } from './of-traces.ts';
import { type FinishTimes, type PendingTrace, PendingTraces, type SettledTrace } from './pending-traces.ts';
import { earlier, later } from './settle-traces.ts';

/** A trace that is finished for now. */
export interface FinishedTrace {
  readonly project: string;
  readonly traceId: string;
  /** Version of its settled row. */
  readonly version: bigint;
  /** Whether it was reported before and has got spans since. After a restart this is not known, and false. */
  readonly again: boolean;
  /** Range that contains the start of the trace, in nanoseconds since 1970. */
  readonly fromNs: bigint;
  readonly toNs: bigint;
}

export interface FinisherParts {
  readonly engine: Pick<Engine, 'query'>;
  readonly cursor: FinishCursor;
  /** Called with finished traces. If it rejects, the same traces are reported again later. */
  readonly onFinished: (traces: readonly FinishedTrace[]) => Promise<void>;
  readonly onWarning: (message: string, error: unknown) => void;
  readonly times?: FinishTimes;
  /** Maximum number of waiting traces in memory. Further ones are read from the store. Default: 50,000. */
  readonly maxPending?: number;
  /** Milliseconds of a clock that cannot be set back. */
  readonly now?: () => number;
}

/** Reports each trace when it is finished, at least once, and again when it has changed. */
export interface Finisher {
  /** Called by the settler with the traces of a pass. Resolves once they cannot be lost by a crash. */
  settled(traces: readonly SettledTrace[]): Promise<void>;
  /** Reports the traces that are finished by now. It is called every second while traces wait. */
  check(): Promise<void>;
  /** Ends after the current check. Waiting traces are reported after the next start. */
  stop(): Promise<void>;
}

export const FINISH_TIMES: FinishTimes = {
  quietMs: 3_000,
  quietWithoutRootMs: 120_000,
  maxWaitMs: 3_600_000,
};
const CHECK_MS = 1_000;
const MAX_PENDING = 50_000;
/** Maximum number of traces in one query and one report. */
const BATCH = 2_000;
/** Number of reported traces that are remembered, so that a later report says `again`. */
const REMEMBERED = 50_000;

/**
 * The stage at which everything starts that acts on finished traces. A trace is finished when its root has ended and no
 * span has arrived for a few seconds; without the end of the root, after a longer time.
 *
 *     settled ─▶ waits in memory ─▶ due ─▶ its row says whether the root has ended ─▶ reported ─▶ forgotten
 *                    ▲                            │ not yet: later
 *                    └────────────────────────────┘
 *
 * The cursor is never above the version of a waiting trace, and it is stored before the journal forgets the spans. After a
 * crash the traces from there on are read from the store.
 */
export function createFinisher(parts: FinisherParts): Finisher {
  const { engine, cursor, onFinished, onWarning, now = () => performance.now() } = parts;
  const maxPending = parts.maxPending ?? MAX_PENDING;
  const pending = new PendingTraces(parts.times ?? FINISH_TIMES, maxPending);
  /** Versions of the last reported traces. */
  const reported = new Map<string, bigint>();
  pending.overflowFrom(cursor.version);
  let timer: NodeJS.Timeout | undefined;
  let checking: Promise<void> | undefined;
  let isStopped = false;

  function schedule(): void {
    if (timer || isStopped) return;
    timer = setTimeout(() => {
      timer = undefined;
      check().then(() => {
        if (pending.size > 0 || pending.overflow !== undefined) schedule();
      });
    }, CHECK_MS);
    timer.unref();
  }

  /** One check at a time. Failures are retried by the next check. */
  function check(): Promise<void> {
    checking ??= examineAll()
      .catch((error) => onWarning('Finished traces could not be reported and will be retried.', error))
      .finally(() => {
        checking = undefined;
      });
    return checking;
  }

  async function examineAll(): Promise<void> {
    if (pending.overflow !== undefined && pending.size <= maxPending / 2) await refill(pending.overflow);
    for (;;) {
      const due = pending.due(now(), BATCH);
      if (due.length === 0) break;
      await examine(due);
    }
    await cursor.store(pending.floor);
  }

  async function examine(due: readonly PendingTrace[]): Promise<void> {
    const rows = await readRows(engine, due);
    const finished: { readonly trace: PendingTrace; readonly event: FinishedTrace }[] = [];
    for (const trace of due) {
      const row = rows.get(nameOf(trace));
      const before = reported.get(nameOf(trace));
      // The trace has been deleted, or nothing has changed since it was reported.
      if (!row || BigInt(row.version) === before) pending.remove(trace);
      else if (pending.isFinished(trace, row.root_has_ended, now())) {
        const { project, traceId, fromNs, toNs } = trace;
        const again = before !== undefined;
        finished.push({
          trace,
          event: { project, traceId, version: BigInt(row.version), again, fromNs, toNs },
        });
      }
    }
    if (finished.length > 0) await onFinished(finished.map(({ event }) => event));
    for (const { trace, event } of finished) {
      pending.remove(trace, event.version);
      remember(nameOf(trace), event.version);
    }
  }

  function remember(name: string, version: bigint): void {
    reported.delete(name);
    reported.set(name, version);
    const [oldest] = reported.keys();
    if (reported.size > REMEMBERED && oldest !== undefined) reported.delete(oldest);
  }

  /** Reads traces that are not held in memory, oldest version first. */
  async function refill(from: bigint): Promise<void> {
    const room = maxPending - pending.size;
    const rows = await engine.query<{ project: string; trace_id: string; version: string; start: string }>(
      ...compile(sql`
      SELECT project, trace_id, version, toUnixTimestamp64Nano(start) AS start
      FROM traces FINAL
      WHERE version >= ${from}
      ORDER BY version
      LIMIT ${room}`),
      { maxSeconds: 60, maxResultRows: room },
    );
    pending.overflowFrom(rows.length === room ? BigInt(rows.at(-1)?.version ?? 0) : undefined);
    for (const row of rows) {
      const startNs = BigInt(row.start);
      const trace = { project: row.project, traceId: row.trace_id, version: BigInt(row.version) };
      pending.add({ ...trace, fromNs: startNs, toNs: startNs }, now());
    }
  }

  if (pending.overflow !== undefined) schedule();
  return {
    check,
    async settled(traces) {
      for (const trace of traces) pending.add(trace, now());
      if (cursor.version === undefined || pending.floor < cursor.version) await cursor.store(pending.floor);
      schedule();
    },
    async stop() {
      isStopped = true;
      clearTimeout(timer);
      await checking;
      if (cursor.version !== undefined) await cursor.store(pending.floor);
    },
  };
}

const nameOf = ({ project, traceId }: SettledTrace): string => `${project}\n${traceId}`;

interface StateRow {
  readonly project: string;
  readonly trace_id: string;
  readonly version: string;
  readonly root_has_ended: boolean;
}

/** The settled rows of these traces (at least one), by project and id. */
async function readRows(
  engine: Pick<Engine, 'query'>,
  traces: readonly PendingTrace[],
): Promise<Map<string, StateRow>> {
  const fromNs = traces.map((trace) => trace.fromNs).reduce(earlier);
  const toNs = traces.map((trace) => trace.toNs).reduce(later);
  const rows = await engine.query<StateRow>(
    ...compile(sql`
    SELECT project, trace_id, version, toBool(rooted AND NOT running) AS root_has_ended
    FROM traces FINAL
    WHERE ${ofTraces(traces)} AND start >= ${time(fromNs)} AND start <= ${time(toNs)}`),
    { maxSeconds: 60 },
  );
  return new Map(rows.map((row) => [`${row.project}\n${row.trace_id}`, row]));
}

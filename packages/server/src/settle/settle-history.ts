import type { Engine } from '../clickhouse/engine.ts';
import { compile, sql } from '../clickhouse/sql.ts';
import { countCalls } from './count-calls.ts';
import { insertRows, settleTraces } from './settle-traces.ts';

type HistoryEngine = Pick<Engine, 'query' | 'write' | 'command'>;

/** The comment of the table once every span of the store is part of a settled trace. */
const COMPLETE = 'complete';

export interface HistoryProgress {
  /** Number of settled partitions, and number of partitions to settle. */
  readonly done: number;
  readonly of: number;
}

export interface SettleHistoryOptions {
  /** Settles every trace again, including settled ones. Default: false. */
  readonly all?: boolean;
  readonly onProgress?: (progress: HistoryProgress) => void;
  readonly signal?: AbortSignal;
}

/**
 * Settles the traces of spans that were stored before the table of traces existed. It can be interrupted and run again, and
 * returns at once if nothing is left to do.
 *
 * Each partition (a day) is settled separately. A trace in several partitions gets a row in each of them, so these traces
 * are settled again as a whole.
 */
export async function settleHistory(
  engine: HistoryEngine,
  { all = false, onProgress, signal }: SettleHistoryOptions = {},
): Promise<void> {
  const [table] = await engine.query<{ comment: string }>(
    "SELECT comment FROM system.tables WHERE database = currentDatabase() AND name = 'traces'",
  );
  if (table?.comment === COMPLETE && !all) return;
  const partitions = await engine.query<{ id: string }>(
    `SELECT DISTINCT partition_id AS id FROM system.parts
     WHERE database = currentDatabase() AND table = 'spans' AND active ORDER BY id DESC`,
  );
  for (const [done, { id }] of partitions.entries()) {
    if (signal?.aborted) return;
    onProgress?.({ done, of: partitions.length });
    const partition = sql`_partition_id = ${id}`;
    await countCalls(engine, partition);
    await insertRows(engine, partition, sql`true`);
  }
  await settleLong(engine);
  await engine.command(`ALTER TABLE traces MODIFY COMMENT '${COMPLETE}'`);
  if (partitions.length > 0) onProgress?.({ done: partitions.length, of: partitions.length });
}

/** Settles traces that have several rows. */
async function settleLong(engine: HistoryEngine): Promise<void> {
  const rows = await engine.query<{ project: string; trace_id: string; first: string; last: string }>(
    ...compile(sql`
    SELECT project, trace_id, toUnixTimestamp64Nano(min(start)) AS first, toUnixTimestamp64Nano(max(last_start)) AS last
    FROM traces FINAL
    GROUP BY project, trace_id
    HAVING count() > 1
    SETTINGS max_bytes_before_external_group_by = 1073741824`),
    { maxSeconds: 600, maxResultRows: 10_000_000 },
  );
  await settleTraces(
    engine,
    rows.map((row) => ({
      project: row.project,
      traceId: row.trace_id,
      firstNs: BigInt(row.first),
      lastNs: BigInt(row.last),
    })),
  );
}

import { setTimeout } from 'node:timers/promises';
import { TEXT_BOUNDARY } from '@throughline/spans';
import type { Engine } from '../clickhouse/engine.ts';
import { compile, join, type Sql, sql, unsafeRawSql } from '../clickhouse/sql.ts';
import { SEARCHED_TABLES, type SearchedTable, type StoredRow } from './searched-tables.ts';

type RebuildEngine = Pick<Engine, 'query' | 'write' | 'command'>;

/** The comment of a table once every row has a search text. */
const COMPLETE = 'search texts complete';
/** Size of the rows that are read at once. */
const BATCH_BYTES = 8 << 20;
const MAX_BATCH_ROWS = 2_000;

export interface RebuildProgress {
  readonly table: string;
  /** Number of finished partitions, and number of partitions to read. */
  readonly done: number;
  readonly of: number;
}

export interface RebuildOptions {
  readonly onProgress?: (progress: RebuildProgress) => void;
  readonly signal?: AbortSignal;
}

/**
 * Derives the search text of rows that were stored before the column existed, newest days first. It can be interrupted and
 * run again, and returns at once if no row is left. Pauses as long as it works, so that it takes half a processor at most.
 *
 * A row is inserted again with its text and the same version. Of rows with the same key and version, the later one is kept.
 */
export async function rebuildSearchTexts(
  engine: RebuildEngine,
  { onProgress, signal }: RebuildOptions = {},
): Promise<void> {
  for (const table of SEARCHED_TABLES) {
    const [state] = await engine.query<{ comment: string }>(
      `SELECT comment FROM system.tables WHERE database = currentDatabase() AND name = '${table.name}'`,
    );
    if (state?.comment === COMPLETE) continue;
    const partitions = await engine.query<Partition>(
      `SELECT partition_id AS id, sum(rows) AS n, sum(data_uncompressed_bytes) AS bytes FROM system.parts
       WHERE database = currentDatabase() AND table = '${table.name}' AND active
       GROUP BY partition_id ORDER BY partition_id DESC`,
    );
    for (const [done, partition] of partitions.entries()) {
      if (signal?.aborted) return;
      onProgress?.({ table: table.name, done, of: partitions.length });
      await rebuildPartition(engine, table, partition, signal);
    }
    if (signal?.aborted) return;
    await engine.command(`ALTER TABLE ${table.name} MODIFY COMMENT '${COMPLETE}'`);
  }
}

interface Partition {
  readonly id: string;
  /** Number of rows. */
  readonly n: string;
  readonly bytes: string;
}

/** Reads the traces of a partition in groups by hash, each in batches until none of its rows lacks a text. */
async function rebuildPartition(
  engine: RebuildEngine,
  table: SearchedTable,
  { id, n, bytes }: Partition,
  signal: AbortSignal | undefined,
): Promise<void> {
  const rowBytes = Math.max(1, Number(bytes) / Number(n));
  const batch = Math.min(MAX_BATCH_ROWS, Math.max(1, Math.floor(BATCH_BYTES / rowBytes)));
  const groups = Math.ceil(Number(n) / batch);
  for (let group = 0; group < groups; group++) {
    const missing = sql`_partition_id = ${id} AND cityHash64(trace_id) % ${groups} = ${group} AND search_text = ''`;
    while (!signal?.aborted) {
      const began = performance.now();
      const count = await rebuildBatch(engine, table, missing, batch);
      if (count === 0) break;
      await setTimeout(performance.now() - began, undefined, { signal }).catch(() => {});
    }
  }
}

/** Returns the number of rows that got their text. */
async function rebuildBatch(
  engine: RebuildEngine,
  table: SearchedTable,
  missing: Sql,
  limit: number,
): Promise<number> {
  const from = unsafeRawSql(table.name);
  const rows = await engine.query<StoredRow & { readonly project: string; readonly id: string }>(
    ...compile(sql`
    SELECT project, trace_id AS traceId, span_id AS spanId, ${table.identity} AS id, ${table.fields}
    FROM ${from} FINAL
    WHERE ${missing}
    LIMIT ${limit}`),
    { maxSeconds: 600 },
  );
  if (rows.length === 0) return 0;
  const traceIds = [...new Set(rows.map(({ traceId }) => traceId))];
  const nameOf = table.name === 'payloads' ? await readNames(engine, traceIds) : () => '';
  const keys = rows.map(({ project, traceId, id }) => `${project} ${traceId} ${id}`);
  // An empty text would count as missing again.
  const texts = rows.map((row) => table.textOf(row, nameOf(row)) || TEXT_BOUNDARY);
  const key = sql`concat(project, ' ', trace_id, ' ', ${table.identity})`;
  const columns = join(table.columns.map(unsafeRawSql), ', ');
  const values = join(
    table.columns.map((name) =>
      name === 'search_text' ? sql`${texts}[indexOf(${keys}, ${key})]` : unsafeRawSql(name),
    ),
    ', ',
  );
  await engine.write(
    ...compile(sql`
    INSERT INTO ${from} (${columns})
    SELECT ${values}
    FROM (SELECT * FROM ${from} FINAL WHERE ${missing} AND trace_id IN ${traceIds})
    WHERE has(${keys}, ${key})
    SETTINGS max_partitions_per_insert_block = 0`),
  );
  return rows.length;
}

/** Reads the names of the spans of some traces. The table with their content does not contain the names. */
async function readNames(engine: RebuildEngine, traceIds: readonly string[]) {
  const rows = await engine.query<{ project: string; traceId: string; spanId: string; name: string }>(
    ...compile(sql`
    SELECT project, trace_id AS traceId, span_id AS spanId, name
    FROM spans
    WHERE trace_id IN ${traceIds}
    ORDER BY version DESC
    LIMIT 1 BY project, trace_id, span_id`),
    { maxSeconds: 600, maxResultRows: 10_000_000 },
  );
  const keyOf = (row: { project: string; traceId: string; spanId: string }) =>
    JSON.stringify([row.project, row.traceId, row.spanId]);
  const names = new Map(rows.map((row) => [keyOf(row), row.name]));
  return (row: { project: string; traceId: string; spanId: string }) => names.get(keyOf(row)) ?? '';
}

import type { Engine } from '../clickhouse/engine.ts';
import { INDEXES_OF_MERGES } from '../clickhouse/load-statement.ts';
import { compile, type Sql, sql, time, unsafeRawSql } from '../clickhouse/sql.ts';
import { countCalls } from './count-calls.ts';
import { ofTraces } from './of-traces.ts';
import { TRACE_COLUMNS, traceRows } from './trace-rows.ts';

/** A trace with new spans, and the range of their starts in nanoseconds since 1970. */
export interface ChangedTrace {
  readonly project: string;
  readonly traceId: string;
  readonly firstNs: bigint;
  readonly lastNs: bigint;
}

type SettleEngine = Pick<Engine, 'query' | 'write'>;

/** Maximum number of traces in one statement, which has to hold all their spans. */
const BATCH = 2000;

/**
 * Computes the rows of these traces again from all their spans. The result depends only on `spans`, so it can be repeated
 * in any order and for any traces. Returns the traces with a range that contains all their starts.
 */
export async function settleTraces<Changed extends ChangedTrace>(
  engine: SettleEngine,
  changed: readonly Changed[],
): Promise<Changed[]> {
  // Newest first, so that a batch touches few partitions.
  const ordered = changed.toSorted((a, b) => (a.firstNs > b.firstNs ? -1 : a.firstNs < b.firstNs ? 1 : 0));
  const settled: Changed[] = [];
  for (let at = 0; at < ordered.length; at += BATCH) {
    const batch = ordered.slice(at, at + BATCH);
    const range = await settleBatch(engine, batch);
    for (const trace of batch) settled.push({ ...trace, ...range });
  }
  return settled;
}

type StartRange = Pick<ChangedTrace, 'firstNs' | 'lastNs'>;

/** Returns the range of the starts of all spans of these traces. */
async function settleBatch(engine: SettleEngine, changed: readonly ChangedTrace[]): Promise<StartRange> {
  const these = ofTraces(changed);
  const [known] = await engine.query<{ first: string; last: string; n: string; tagged: string }>(
    ...compile(sql`
    SELECT toUnixTimestamp64Nano(min(start)) AS first, toUnixTimestamp64Nano(max(last_start)) AS last, count() AS n,
      (SELECT count() FROM trace_tags WHERE ${these}) AS tagged
    FROM traces
    WHERE ${these}`),
  );
  const isKnown = known !== undefined && known.n !== '0';
  const firsts = changed.map((trace) => trace.firstNs);
  const lasts = changed.map((trace) => trace.lastNs);
  const firstNs = [...firsts, ...(isKnown ? [BigInt(known.first)] : [])].reduce(earlier);
  const lastNs = [...lasts, ...(isKnown ? [BigInt(known.last)] : [])].reduce(later);
  const spans = sql`${these} AND start >= ${time(firstNs)} AND start <= ${time(lastNs)}`;
  await countCalls(engine, spans);
  await insertRows(engine, spans, known?.tagged === '0' ? undefined : these);
  if (isKnown) await deleteMoved(engine, these);
  return { firstNs, lastNs };
}

const SETTINGS = unsafeRawSql(`SETTINGS max_partitions_per_insert_block = 0,
  exclude_materialize_skip_indexes_on_insert = '${INDEXES_OF_MERGES}',
  max_bytes_before_external_group_by = 1073741824, max_bytes_before_external_sort = 1073741824`);

/** Inserts the rows of the traces whose spans match. See {@link traceRows}. */
export async function insertRows(engine: Pick<Engine, 'write'>, where: Sql, whereTags?: Sql): Promise<void> {
  await engine.write(
    ...compile(sql`
    INSERT INTO traces (${TRACE_COLUMNS})
    ${traceRows(where, whereTags)}
    ${SETTINGS}`),
  );
}

/**
 * Deletes outdated rows. A trace whose earliest start moved to another minute has rows with several keys; only the newest is
 * kept.
 */
export async function deleteMoved(engine: Pick<Engine, 'write'>, where: Sql): Promise<void> {
  const minute = sql`intDiv(toUnixTimestamp64Second(start), 60)`;
  await engine.write(
    ...compile(sql`
    INSERT INTO traces (project, trace_id, start, version, deleted)
    SELECT project, trace_id, start, newest, 1
    FROM
    (
      SELECT project, trace_id, start, version,
        max(version) OVER (PARTITION BY project, trace_id) AS newest,
        argMax(${minute}, version) OVER (PARTITION BY project, trace_id) AS place
      FROM traces FINAL
      WHERE ${where}
    )
    WHERE ${minute} != place
    ${SETTINGS}`),
  );
}

export const earlier = (a: bigint, b: bigint): bigint => (a < b ? a : b);
export const later = (a: bigint, b: bigint): bigint => (a > b ? a : b);

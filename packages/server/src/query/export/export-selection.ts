import type { Filter } from '@throughline/spans';
import type { QueryLimits } from '../../clickhouse/engine.ts';
import { and, type Sql, sql, time } from '../../clickhouse/sql.ts';
import { filterConditions } from '../filter/filter-sql.ts';
import { MAX_NS } from '../max-time.ts';
import { MINUTE, MINUTE_NS, type ProjectScope } from '../project-scope.ts';

/** Which traces are exported. All conditions have to be true. */
export interface ExportSelection {
  readonly filter?: Filter | undefined;
  /** Nanoseconds since 1970, inclusive. */
  readonly fromNs?: bigint | undefined;
  /** Exclusive. */
  readonly toNs?: bigint | undefined;
  readonly traceIds?: readonly string[] | undefined;
}

/** A trace to export, and the range of the starts of its spans. */
export interface SelectedTrace {
  readonly traceId: string;
  readonly startNs: bigint;
  readonly lastStartNs: bigint;
  readonly spanCount: number;
}

/** Rows of traces of a project in a window of time. */
const WINDOW_ROWS = 5_000;
const PAGE_ROWS = 2_000;

/** The number of traces and spans of a selection. */
export async function countSelected(
  scope: ProjectScope,
  selection: ExportSelection,
  limits: QueryLimits,
): Promise<{ readonly traces: number; readonly spans: number }> {
  const { fromNs = 0n, toNs = MAX_NS } = selection;
  const [row] = await scope.query<{ traces: string; spans: string }>(
    sql`
    SELECT count() AS traces, sum(span_count) AS spans
    FROM ${scope.traces} AS traces
    WHERE ${and(conditionsOf(scope, selection, fromNs, toNs))}`,
    limits,
  );
  return { traces: Number(row?.traces ?? 0), spans: Number(row?.spans ?? 0) };
}

/**
 * Pages of the selected traces by start, oldest first. Each query reads a window of time with a few thousand traces, so the
 * duration of a page does not depend on the size of the selection.
 */
export async function* selectedTraces(
  scope: ProjectScope,
  selection: ExportSelection,
  run: <Value>(query: (limits: QueryLimits) => Promise<Value>) => Promise<Value>,
): AsyncGenerator<readonly SelectedTrace[]> {
  const bounds = await run((limits) => scope.bounds('traces', limits));
  if (!bounds) return;
  const end = least(selection.toNs ?? MAX_NS, bounds.lastNs + 1n);
  let low =
    selection.fromNs !== undefined && selection.fromNs > bounds.firstNs ? selection.fromNs : bounds.firstNs;
  while (low < end) {
    const edge = await run((limits) => windowEnd(scope, low, end, limits));
    let after: SelectedTrace | undefined;
    for (;;) {
      const cursor = after;
      const page = await run((limits) => readPage(scope, selection, [low, edge], cursor, limits));
      if (page.length > 0) yield page;
      after = page.at(-1);
      if (page.length < PAGE_ROWS) break;
    }
    low = edge;
  }
}

async function windowEnd(
  scope: ProjectScope,
  low: bigint,
  end: bigint,
  limits: QueryLimits,
): Promise<bigint> {
  const [edge] = await scope.query<{ minute: string }>(
    sql`
    SELECT ${MINUTE} AS minute
    FROM traces
    WHERE project = ${scope.project} AND start >= ${time(low)} AND start < ${time(end)}
    ORDER BY project, ${MINUTE}
    LIMIT 1 OFFSET ${WINDOW_ROWS}`,
    limits,
  );
  return edge === undefined ? end : least(end, (BigInt(edge.minute) + 1n) * MINUTE_NS);
}

async function readPage(
  scope: ProjectScope,
  selection: ExportSelection,
  [low, high]: readonly [bigint, bigint],
  after: SelectedTrace | undefined,
  limits: QueryLimits,
): Promise<SelectedTrace[]> {
  const rows = await scope.query<{ trace_id: string; start_ns: string; last_ns: string; span_count: number }>(
    sql`
    SELECT trace_id, toUnixTimestamp64Nano(start) AS start_ns, toUnixTimestamp64Nano(last_start) AS last_ns, span_count
    FROM ${scope.traces} AS traces
    WHERE ${and([
      ...conditionsOf(scope, selection, low, high),
      ...(after
        ? [sql`(toUnixTimestamp64Nano(start), trace_id) > (${after.startNs}, ${after.traceId})`]
        : []),
    ])}
    ORDER BY start, trace_id
    LIMIT ${PAGE_ROWS}`,
    limits,
  );
  return rows.map(({ trace_id, start_ns, last_ns, span_count }) => ({
    traceId: trace_id,
    startNs: BigInt(start_ns),
    lastStartNs: BigInt(last_ns),
    spanCount: Number(span_count),
  }));
}

function conditionsOf(
  scope: ProjectScope,
  { filter, traceIds }: ExportSelection,
  fromNs: bigint,
  toNs: bigint,
): Sql[] {
  return [
    sql`start >= ${time(fromNs)} AND start < ${time(toNs)}`,
    ...(traceIds === undefined ? [] : [sql`trace_id IN ${traceIds}`]),
    ...filterConditions(scope, filter, fromNs, toNs),
  ];
}

function least(a: bigint, b: bigint): bigint {
  return a < b ? a : b;
}

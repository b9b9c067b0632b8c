/**
 * Lists the traces of a project by page, by start, by a measure, by a text or by a score.
 *
 * A page takes two steps. The first reads the ids of its traces in order, from the few columns that determine the order. The
 * second reads the rows of only these traces. Pages by start search in windows that grow:
 *
 *     from ─────────[ window ]────── to       stop when the window contains enough traces
 */
import type { Filter, MeasureId } from '@throughline/spans';
import type { QueryLimits } from '../../clickhouse/engine.ts';
import { and, type Sql, sql, time, unsafeRawSql } from '../../clickhouse/sql.ts';
import type { ListedTrace, TraceSort } from '../../contract/trace.ts';
import { type AttributeColumns, toColumnValues } from '../attribute-columns.ts';
import { type Cursor, decodeCursor, encodeCursor } from '../cursor.ts';
import { filterConditions } from '../filter/filter-sql.ts';
import { MAX_NS } from '../max-time.ts';
import { MINUTE, MINUTE_NS, type ProjectScope } from '../project-scope.ts';
import { scoresOfTraces } from '../scores/score-rows.ts';
import { max, min, windowEdge } from '../window-edge.ts';
import { measureColumn, sortValue } from './measure-columns.ts';
import { hasMoved, movedTraces } from './moved-traces.ts';
import { readPreviews } from './previews.ts';
import { readTextMatches } from './text-matches.ts';
import { attributesOfTraces } from './trace-attributes.ts';
import { previewSource, readTraceRows, toSummary } from './trace-row.ts';
import { type TraceSortSql, traceSortSql } from './trace-sorts.ts';

export interface ListTracesOptions {
  /** Lower limit for the start of traces, inclusive, in nanoseconds since 1970. */
  readonly fromNs?: bigint | undefined;
  /** Upper limit for the start of traces, exclusive. */
  readonly toNs?: bigint | undefined;
  readonly filter?: Filter | undefined;
  readonly sort: TraceSort;
  readonly limit: number;
  readonly cursor?: string | undefined;
  /** Attributes to return with each trace. Default: none. */
  readonly columns?: AttributeColumns | undefined;
  /** The current time as it is stored with new spans, in nanoseconds since 1970. A cursor contains that of the first page. */
  readonly asOfNs: bigint;
  readonly signal?: AbortSignal | undefined;
}

export interface TracePage {
  readonly traces: ListedTrace[];
  readonly nextCursor: string | null;
}

/** A trace of the page and its sort value. */
interface Listed {
  readonly trace_id: string;
  readonly start_ns: string;
  readonly value: string;
}

const MIN_NS = 0n;
const DAY_NS = 86_400_000_000_000n;
/** Maximum number of scores per trace in a list. */
const MAX_SCORES = 20;

/** Reads one page. Throws `invalid-cursor`. */
export async function listTraces(scope: ProjectScope, options: ListTracesOptions): Promise<TracePage> {
  const { sort, limit } = options;
  const isByStart = sort === '-startTime' || sort === 'startTime';
  const order = traceSortSql(scope, sort);
  const cursor =
    options.cursor === undefined
      ? undefined
      : decodeCursor(options.cursor, sort, order?.cursorType ?? (isByStart ? 'nanoseconds' : 'decimal'));
  const asOfNs = cursor?.asOf === undefined ? options.asOfNs : BigInt(cursor.asOf);
  const limits: QueryLimits = options.signal ? { signal: options.signal } : {};
  const find = isByStart ? pageByStart : pageByMeasure;
  const listed = order
    ? await pageByValue(scope, order, options, cursor, limits)
    : await find(scope, { ...options, asOfNs }, cursor, limits);
  const page = listed.slice(0, limit);
  const last = page.at(-1);
  return {
    traces: await summarise(scope, page, options, limits),
    nextCursor:
      last && listed.length > limit
        ? encodeCursor({ sort, value: last.value, id: last.trace_id, asOf: String(asOfNs) })
        : null,
  };
}

/** Reads the rows of the traces of a page, in its order. */
async function summarise(
  scope: ProjectScope,
  page: readonly Listed[],
  { filter, columns = [] }: Pick<ListTracesOptions, 'filter' | 'columns'>,
  limits: QueryLimits,
): Promise<ListedTrace[]> {
  if (page.length === 0) return [];
  const ids = page.map((each) => each.trace_id);
  const minutes = page.map((each) => String(BigInt(each.start_ns) / MINUTE_NS));
  const [rows, scores] = await Promise.all([
    // The minutes allow the use of the primary key. Traces that have moved since are found by their ids.
    readTraceRows(
      scope,
      [sql`trace_id IN ${ids}`, sql`toString(${MINUTE}) IN ${[...new Set(minutes)]}`],
      limits,
    ),
    scoresOfTraces(scope, ids, MAX_SCORES, limits),
  ]);
  const byId = new Map(rows.map((row) => [row.trace_id, row]));
  const moved = ids.filter((id) => !byId.has(id));
  if (moved.length > 0)
    for (const row of await readTraceRows(scope, [sql`trace_id IN ${moved}`], limits))
      byId.set(row.trace_id, row);
  const found = [...byId.values()];
  const [previews, attributes, matches] = await Promise.all([
    readPreviews(scope, found.map(previewSource), limits),
    attributesOfTraces(scope, found, columns, limits),
    readTextMatches(
      scope,
      found.map((row) => ({ traceId: row.trace_id, startNs: row.start_ns })),
      filter,
      limits,
    ),
  ]);
  return ids.flatMap((id) => {
    const row = byId.get(id);
    if (!row) return [];
    const values = toColumnValues(columns, attributes.get(id) ?? []);
    const match = matches.get(id) ?? null;
    return [{ ...toSummary(row, previews.get(id), scores.get(id)), columns: values, match }];
  });
}

/** Number of rows in the first window. */
const FIRST_ROWS = 500;
/** Number of rows in the first window with a filter, which may match few of them. */
const FIRST_FILTERED_ROWS = 20_000;

/** Pages by start. Reads one trace more than the limit, to know whether there is a next page. */
async function pageByStart(
  scope: ProjectScope,
  options: ListTracesOptions,
  cursor: Cursor | undefined,
  limits: QueryLimits,
): Promise<Listed[]> {
  const { filter, asOfNs } = options;
  const newestFirst = options.sort === '-startTime';
  const direction = newestFirst ? -1 : 1;
  const order = unsafeRawSql(newestFirst ? 'DESC' : 'ASC');
  const wanted = options.limit + 1;
  const bounds = await scope.bounds('traces', limits);
  if (!bounds) return [];
  const first = max(options.fromNs ?? MIN_NS, bounds.firstNs);
  const last = min(options.toNs ?? MAX_NS, bounds.lastNs + 1n);
  const page: Listed[] = [];
  if (cursor) {
    const inRange = sql`start >= ${time(max(MIN_NS, first - DAY_NS))} AND start < ${time(last)}`;
    const conditions = [inRange, ...filterConditions(scope, filter, first, last)];
    const at = { value: cursor.value, trace_id: cursor.id };
    for (const moved of await movedTraces(scope, asOfNs, conditions, limits))
      if (byValue(moved, at) * direction > 0) page.push(moved);
  }
  const cursorNs = cursor && BigInt(cursor.value);
  let low = cursorNs !== undefined && !newestFirst ? max(first, cursorNs) : first;
  // The nanosecond of the cursor is included, because other traces can start in it.
  let high = cursorNs !== undefined && newestFirst ? min(last, cursorNs + 1n) : last;
  let rows = filter === undefined ? FIRST_ROWS : FIRST_FILTERED_ROWS;
  for (let missing = wanted; missing > 0 && low < high; rows *= 8) {
    const edge = windowEdge(bounds.partitions, { low, high, newestFirst }, rows);
    const [from, to] = newestFirst ? [edge ?? low, high] : [low, edge ?? high];
    const found = await scope.query<Listed>(
      sql`
      SELECT trace_id, toUnixTimestamp64Nano(start) AS start_ns, start_ns AS value
      FROM ${scope.traces} AS traces
      WHERE ${and([
        sql`start >= ${time(from)} AND start < ${time(to)}`,
        ...(cursor ? [beyond(cursor, newestFirst), sql`NOT ${hasMoved(asOfNs)}`] : []),
        ...filterConditions(scope, filter, from, to),
      ])}
      ORDER BY start ${order}, trace_id ${order}
      LIMIT ${missing}`,
      limits,
    );
    page.push(...found);
    missing -= found.length;
    if (newestFirst) high = from;
    else low = to;
  }
  return page.sort((a, b) => byValue(a, b) * direction).slice(0, wanted);
}

function beyond({ value, id }: Cursor, newestFirst: boolean): Sql {
  const place = sql`(${BigInt(value)}, ${id})`;
  const own = sql`(toUnixTimestamp64Nano(start), trace_id)`;
  return newestFirst ? sql`${own} < ${place}` : sql`${own} > ${place}`;
}

/** Compares by value, then by id in the order of the store, which compares bytes. */
function byValue(a: Pick<Listed, 'value' | 'trace_id'>, b: Pick<Listed, 'value' | 'trace_id'>): number {
  const [left, right] = [BigInt(a.value), BigInt(b.value)];
  if (left !== right) return left < right ? -1 : 1;
  return Buffer.compare(Buffer.from(a.trace_id), Buffer.from(b.trace_id));
}

/** The measure of each sort order. */
const SORTED_BY = {
  durationMs: 'latency',
  costUsd: 'cost',
  inputTokens: 'inputTokens',
  outputTokens: 'outputTokens',
  totalTokens: 'tokens',
  spanCount: 'spans',
  errorCount: 'errors',
} as const satisfies Record<string, MeasureId>;

/** Number of traces that are searched first for a large value. */
const SAMPLE_ROWS = 100_000;

/**
 * Pages by a measure. A first statement reads only the values of the newest traces. If they alone fill the page, no trace
 * beyond the last of these values belongs to it, so the index of the values excludes most blocks of the table.
 */
async function pageByMeasure(
  scope: ProjectScope,
  options: ListTracesOptions,
  cursor: Cursor | undefined,
  limits: QueryLimits,
): Promise<Listed[]> {
  const bounds = await scope.bounds('traces', limits);
  if (!bounds) return [];
  const low = max(options.fromNs ?? MIN_NS, bounds.firstNs);
  const high = min(options.toNs ?? MAX_NS, bounds.lastNs + 1n);
  const descending = options.sort.startsWith('-');
  const [direction, beyond, notBefore] = [
    unsafeRawSql(descending ? 'DESC' : 'ASC'),
    unsafeRawSql(descending ? '<' : '>'),
    unsafeRawSql(descending ? '>=' : '<='),
  ];
  const measure = SORTED_BY[options.sort.replace('-', '') as keyof typeof SORTED_BY];
  const value = sortValue(measure, descending);
  const column = measureColumn(measure);
  const wanted = options.limit + 1;
  const from = (startNs: bigint) =>
    and([
      sql`start >= ${time(startNs)} AND start < ${time(high)}`,
      ...(cursor
        ? [sql`(${value}, trace_id) ${beyond} (toDecimal128(${cursor.value}, 12), ${cursor.id})`]
        : []),
      ...filterConditions(scope, options.filter, startNs, high),
    ]);
  const edge = windowEdge(bounds.partitions, { low, high, newestFirst: true }, SAMPLE_ROWS);
  const [last] =
    edge === undefined
      ? []
      : await scope.query<{ value: string; isAbsent: boolean }>(
          sql`
          SELECT toString(${value}) AS value, toBool(isNull(${column})) AS isAbsent
          FROM ${scope.traces} AS traces
          WHERE ${from(edge)}
          ORDER BY ${value} ${direction}
          LIMIT 1 OFFSET ${wanted - 1}`,
          limits,
        );
  const beyondLast =
    !last || last.isAbsent ? sql`1` : sql`${column} ${notBefore} ${numberOf(measure, last.value)}`;
  return scope.query<Listed>(
    sql`
    SELECT trace_id, toUnixTimestamp64Nano(start) AS start_ns, ${value} AS value
    FROM ${scope.traces} AS traces
    WHERE ${from(low)} AND ${beyondLast}
    ORDER BY value ${direction}, trace_id ${direction}
    LIMIT ${wanted}`,
    limits,
  );
}

/** A sort value that is not absent, in the type of the column of its measure. */
function numberOf(measure: MeasureId, text: string): Sql {
  return measure === 'cost'
    ? sql`toDecimal128(${text}, 12)`
    : sql`${BigInt(text.split('.', 1)[0] as string)}`;
}

/** Pages by a text or a score. Reads the columns of the order for every trace of the range. */
function pageByValue(
  scope: ProjectScope,
  { descending, value, parse, scored }: TraceSortSql,
  options: ListTracesOptions,
  cursor: Cursor | undefined,
  limits: QueryLimits,
): Promise<Listed[]> {
  const low = options.fromNs ?? MIN_NS;
  const high = options.toNs ?? MAX_NS;
  const direction = unsafeRawSql(descending ? 'DESC' : 'ASC');
  const selected = and([
    sql`start >= ${time(low)} AND start < ${time(high)}`,
    ...filterConditions(scope, options.filter, low, high),
  ]);
  const after = cursor
    ? sql`(${value}, trace_id) ${unsafeRawSql(descending ? '<' : '>')} (${parse(cursor.value)}, ${cursor.id})`
    : sql`true`;
  // Only the ids of the selected traces are joined with the scores.
  const from = scored
    ? sql`(SELECT trace_id, start FROM ${scope.traces} AS traces WHERE ${selected}) AS traces
        LEFT JOIN ${scored} AS scored ON traces.trace_id = scored.trace_id
        WHERE ${after}`
    : sql`${scope.traces} AS traces WHERE ${selected} AND ${after}`;
  return scope.query<Listed>(
    sql`
    SELECT traces.trace_id AS trace_id, toUnixTimestamp64Nano(traces.start) AS start_ns, toString(${value}) AS value
    FROM ${from}
    ORDER BY ${value} ${direction}, trace_id ${direction}
    LIMIT ${options.limit + 1}`,
    limits,
  );
}

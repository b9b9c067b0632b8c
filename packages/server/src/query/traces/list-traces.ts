/**
 * Traces of a project, newest first or by a measure, page by page.
 *
 * A trace stands where its earliest row does. Traces may have no root, and there is no table of traces, so the
 * newest are found by walking back through `spans` in windows that hold about as many rows as are needed:
 *
 *     from ─────────[ window ]────── hi          rows of a window grouped by trace → candidates
 *                       ▲                         candidate's earliest row before the window? it belongs further back
 *
 * The summaries of the page alone are then read by trace id.
 */
import type { Filter, MeasureId } from '@throughline/spans';
import type { QueryLimits } from '../../clickhouse/engine.ts';
import { and, type Sql, sql, time, unsafeRawSql } from '../../clickhouse/sql.ts';
import type { TraceSort, TraceSummary } from '../../contract/trace.ts';
import { type Cursor, type CursorValueType, decodeCursor, encodeCursor } from '../cursor.ts';
import { filterConditions } from '../filter/filter-sql.ts';
import { MINUTE, MINUTE_NS, type ProjectScope } from '../project-scope.ts';
import { sortValue } from '../trace-measures.ts';
import { positionAsOf, readTraceSummaries } from './trace-summaries.ts';

const CURSOR_VALUES: Readonly<Record<TraceSort, CursorValueType>> = {
  '-startTime': 'nanoseconds',
  startTime: 'nanoseconds',
  '-durationMs': 'decimal',
  '-costUsd': 'decimal',
  '-inputTokens': 'decimal',
  '-totalTokens': 'decimal',
  '-spanCount': 'decimal',
};

export interface ListTracesOptions {
  /** Traces that began at or after this; nanoseconds since 1970. */
  readonly fromNs?: bigint | undefined;
  /** Traces that began before this. */
  readonly toNs?: bigint | undefined;
  readonly filter?: Filter | undefined;
  readonly sort: TraceSort;
  readonly limit: number;
  readonly cursor?: string | undefined;
  /** The receipt time of a span that would arrive now, nanoseconds since 1970. A cursor brings that of its first page. */
  readonly asOfNs: bigint;
  readonly signal?: AbortSignal | undefined;
}

export interface TracePage {
  readonly traces: TraceSummary[];
  readonly nextCursor: string | null;
}

interface Candidate {
  readonly trace_id: string;
  /** What the page is sorted by. */
  readonly value: string;
}

const MIN_NS = 0n;
const MAX_NS = 2n ** 63n - 1n;
const DAY_NS = 86_400_000_000_000n;
/** A listed trace is summarised by what it did within a week of the page, so that a page never reads the whole store. */
const WEEK_NS = 7n * DAY_NS;

/** Throws `invalid-cursor`. */
export async function listTraces(scope: ProjectScope, options: ListTracesOptions): Promise<TracePage> {
  const { sort, limit } = options;
  const cursor =
    options.cursor === undefined ? undefined : decodeCursor(options.cursor, sort, CURSOR_VALUES[sort]);
  const asOfNs = cursor?.asOf === undefined ? options.asOfNs : BigInt(cursor.asOf);
  const limits: QueryLimits = options.signal ? { signal: options.signal } : {};
  const find = sort === '-startTime' || sort === 'startTime' ? pageByStart : pageByMeasure;
  const page = await find(scope, { ...options, asOfNs }, cursor, limits);
  const last = page[limit - 1];
  return {
    traces: page.slice(0, limit).map(({ summary }) => summary),
    nextCursor:
      last && page.length > limit
        ? encodeCursor({ sort, value: last.value, id: last.summary.traceId, asOf: String(asOfNs) })
        : null,
  };
}

/** First looked through for what passes a filter. */
const FILTERED_ROWS = 50_000;
/** Then, where that was not enough. */
const SELDOM_ROWS = 25_000_000;

interface Listed {
  readonly summary: TraceSummary;
  readonly value: string;
}

/**
 * By start, in windows. One trace more than the limit tells that there is a next page.
 *
 * Exporters send a root last, so the earliest row of a trace often arrives after its others. Each statement here sees
 * the rows that are there when it runs, and a trace must not move between two statements or two pages: it would be
 * listed twice or not at all. So where it stands is decided by the rows that were received before the first page
 * began, `asOfNs`, whatever arrived since.
 */
async function pageByStart(
  scope: ProjectScope,
  options: ListTracesOptions,
  cursor: Cursor | undefined,
  limits: QueryLimits,
): Promise<Listed[]> {
  const newestFirst = options.sort === '-startTime';
  const order = unsafeRawSql(newestFirst ? 'DESC' : 'ASC');
  const wanted = options.limit + 1;
  const page: Listed[] = [];
  const listed = new Set<string>();
  const bounds = await scope.bounds(limits);
  if (!bounds) return [];
  let low = max(options.fromNs ?? MIN_NS, bounds.firstNs);
  let high = min(options.toNs ?? MAX_NS, bounds.lastNs + 1n);
  let position = cursor;
  const { filter } = options;
  // A filter may let few through, so it starts with more.
  let rows = filter !== undefined ? FILTERED_ROWS : Math.max(500, wanted * 20);
  let reach = DAY_NS;
  while (page.length < wanted && low < high) {
    if (position) {
      // The position's own nanosecond stays inside: others may have begun in it.
      if (newestFirst) high = min(high, BigInt(position.value) + 1n);
      else low = max(low, BigInt(position.value));
    }
    const isRest = rows >= bounds.rows;
    const span = isRest ? high - low : reach;
    const [near, far] = newestFirst ? [max(low, high - span), high] : [low, min(high, low + span)];
    const edge = isRest ? undefined : await windowEdge(scope, near, far, rows, newestFirst, limits);
    const [from, to] = newestFirst ? [edge ?? near, far] : [near, edge ?? far];
    const missing = wanted - page.length;
    const candidates = await scope.query<Candidate>(
      sql`
      SELECT trace_id, ${positionAsOf(options.asOfNs)} AS value
      FROM ${scope.spans}
      WHERE ${and([sql`start >= ${time(from)} AND start < ${time(to)}`, ...filterConditions(scope, filter, from, to)])}
      GROUP BY trace_id
      HAVING ${beyond(position, newestFirst)}
      ORDER BY value ${order}, trace_id ${order}
      LIMIT ${missing}`,
      limits,
    );
    const ids = candidates.map((candidate) => candidate.trace_id);
    const traces = await readTraceSummaries(
      scope,
      ids,
      { fromNs: from - WEEK_NS, toNs: to + WEEK_NS },
      limits,
      options.asOfNs,
    );
    for (const { trace_id, value } of candidates) {
      const trace = traces.get(trace_id);
      // A row from before the first page may become readable only now. The trace stays where it was found.
      const isHere = trace && trace.positionNs >= from && trace.positionNs < to;
      if (!isHere || listed.has(trace_id)) continue;
      listed.add(trace_id);
      page.push({ summary: trace.summary, value });
    }
    const last = candidates.at(-1);
    if (candidates.length === missing && last) {
      position = { sort: options.sort, value: last.value, id: last.trace_id };
    } else {
      position = undefined;
      if (newestFirst) high = from;
      else low = to;
      // Few of so many pass the filter: the indexes find those of many more rows at once sooner than step by step.
      rows = filter !== undefined ? Math.max(SELDOM_ROWS, rows * 8) : rows * 8;
      reach *= 8n;
    }
  }
  return page;
}

function beyond(position: Cursor | undefined, newestFirst: boolean): Sql {
  if (!position) return sql`1`;
  const place = sql`(${BigInt(position.value)}, ${position.id})`;
  return newestFirst ? sql`(value, trace_id) < ${place}` : sql`(value, trace_id) > ${place}`;
}

/** The minute that holds the `rows`-th row from the near end; undefined where there are fewer. */
async function windowEdge(
  scope: ProjectScope,
  low: bigint,
  high: bigint,
  rows: number,
  newestFirst: boolean,
  limits: QueryLimits,
): Promise<bigint | undefined> {
  const [edge] = await scope.query<{ minute: string }>(
    sql`
    SELECT ${MINUTE} AS minute
    FROM ${scope.spans}
    WHERE start >= ${time(low)} AND start < ${time(high)}
    ORDER BY ${MINUTE} ${unsafeRawSql(newestFirst ? 'DESC' : 'ASC')}
    LIMIT 1 OFFSET ${rows}`,
    limits,
  );
  if (!edge) return undefined;
  const ns = BigInt(edge.minute) * MINUTE_NS;
  return newestFirst ? max(low, ns) : min(high, ns + MINUTE_NS);
}

type MeasureSort = Exclude<TraceSort, '-startTime' | 'startTime'>;

/** The measure of each order. Traces without a value come last. */
const SORT_MEASURES: Readonly<Record<MeasureSort, MeasureId>> = {
  '-durationMs': 'latency',
  '-costUsd': 'cost',
  '-inputTokens': 'inputTokens',
  '-totalTokens': 'tokens',
  '-spanCount': 'spans',
};

/**
 * By a measure, highest first: aggregates every trace that began in the range, so it takes time with the range.
 * A trace that lasts longer than a day beyond the range is ranked by the part within.
 */
async function pageByMeasure(
  scope: ProjectScope,
  options: ListTracesOptions,
  cursor: Cursor | undefined,
  limits: QueryLimits,
): Promise<Listed[]> {
  const measure = SORT_MEASURES[options.sort as MeasureSort];
  const low = options.fromNs ?? MIN_NS;
  const high = options.toNs ?? MAX_NS;
  const having = [sql`min(start) >= ${time(low)}`, sql`min(start) < ${time(high)}`];
  if (cursor) having.push(sql`(value, trace_id) < (toDecimal128(${cursor.value}, 12), ${cursor.id})`);
  const candidates = await scope.query<Candidate>(
    sql`
    SELECT trace_id, ${sortValue(measure)} AS value
    FROM ${scope.mergedSpans}
    WHERE ${and([
      sql`start >= ${time(max(MIN_NS, low - DAY_NS))} AND start < ${time(min(MAX_NS, high + DAY_NS))}`,
      ...filterConditions(scope, options.filter, low, high),
    ])}
    GROUP BY trace_id
    HAVING ${and(having)}
    ORDER BY value DESC, trace_id DESC
    LIMIT ${options.limit + 1}`,
    limits,
  );
  const ids = candidates.map((candidate) => candidate.trace_id);
  const traces = await readTraceSummaries(scope, ids, undefined, limits);
  return candidates.flatMap(({ trace_id, value }) => {
    const trace = traces.get(trace_id);
    return trace ? [{ summary: trace.summary, value }] : [];
  });
}

const min = (a: bigint, b: bigint): bigint => (a < b ? a : b);
const max = (a: bigint, b: bigint): bigint => (a > b ? a : b);

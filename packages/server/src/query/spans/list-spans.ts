/**
 * Lists the spans of a project by page, by start, by another value or by a score.
 *
 * A span that was sent again has several stored rows until a merge. Merging them while reading would cost more than the
 * list itself, so the rows are read in the order of the list as they are stored, and those that are not the latest version
 * of their span are skipped. The latest versions have to be read for the page anyway.
 */
import type { Filter } from '@throughline/spans';
import type { QueryLimits } from '../../clickhouse/engine.ts';
import { and, type Sql, sql, time, unsafeRawSql } from '../../clickhouse/sql.ts';
import { isScoreSort, scoreOfSort } from '../../contract/score-sort.ts';
import type { SpanList, SpanSort } from '../../contract/span-list.ts';
import { ThroughlineError } from '../../errors/errors.ts';
import type { AttributeColumns } from '../attribute-columns.ts';
import { decodeCursor, encodeCursor } from '../cursor.ts';
import { spanFilterConditions } from '../filter/filter-sql.ts';
import { MAX_NS } from '../max-time.ts';
import type { ProjectScope } from '../project-scope.ts';
import { bestScores } from '../scores/score-sort.ts';
import { max, min, windowEdge } from '../window-edge.ts';
import { spanKey } from './span-key.ts';
import { readSpanRows, type StoredSpan, toListedSpans } from './span-list-rows.ts';
import { type SpanSortSql, spanSortSql } from './span-sorts.ts';

export interface ListSpansOptions {
  /** Lower limit for the start of spans, inclusive, in nanoseconds since 1970. */
  readonly fromNs?: bigint | undefined;
  /** Upper limit for the start of spans, exclusive. */
  readonly toNs?: bigint | undefined;
  readonly filter?: Filter | undefined;
  readonly sort: SpanSort;
  readonly limit: number;
  readonly cursor?: string | undefined;
  readonly columns: AttributeColumns;
  readonly signal?: AbortSignal | undefined;
}

/** The position of a span in a list. */
type Place = Pick<StoredSpan, 'value' | 'trace_id' | 'span_id'>;

/** Returns up to `count` stored rows after a place, in the order of the list. Fewer mean that there are no more. */
type FindSpans = (after: Place | undefined, count: number) => Promise<StoredSpan[]>;

const MIN_NS = 0n;
/** Reads one page. Throws `invalid-cursor`. */
export async function listSpans(scope: ProjectScope, options: ListSpansOptions): Promise<SpanList> {
  const { sort, limit, columns } = options;
  const order = isScoreSort(sort) ? scoreOrder(sort.startsWith('-')) : spanSortSql(sort);
  const limits: QueryLimits = options.signal ? { signal: options.signal } : {};
  const isByStart = sort === '-startTime' || sort === 'startTime';
  const find = isByStart
    ? await byStart(scope, options, order, limits)
    : isScoreSort(sort)
      ? byScore(scope, scoreOfSort(sort), options, order, limits)
      : await byValue(scope, options, order, limits);
  const page: Parameters<typeof toListedSpans>[1][number][] = [];
  const seen = new Set<string>();
  let after = placeOfCursor(options.cursor, sort, order);
  for (let isRest = false; page.length <= limit && !isRest; ) {
    const count = limit + 1 - page.length;
    const found = await find(after, count);
    const rows = await readSpanRows(scope, found, columns, limits);
    for (const stored of found) {
      const key = spanKey({ traceId: stored.trace_id, spanId: stored.span_id });
      const row = rows.get(key);
      if (row?.rowVersion !== stored.version || seen.has(key)) continue;
      seen.add(key);
      page.push({ stored, row });
    }
    isRest = found.length < count;
    after = found.at(-1);
  }
  const shown = page.slice(0, limit);
  const last = shown.at(-1)?.stored;
  return {
    spans: await toListedSpans(scope, shown, columns, limits),
    nextCursor:
      last && page.length > limit
        ? encodeCursor({ sort, value: last.value, id: JSON.stringify([last.trace_id, last.span_id]) })
        : null,
  };
}

function placeOfCursor(text: string | undefined, sort: SpanSort, order: SpanSortSql): Place | undefined {
  if (text === undefined) return undefined;
  const { value, id } = decodeCursor(text, sort, order.cursorType);
  const [trace_id, span_id] = parseIds(id);
  return { value, trace_id, span_id };
}

function parseIds(id: string): readonly [string, string] {
  try {
    const ids: unknown = JSON.parse(id);
    if (Array.isArray(ids) && ids.length === 2 && ids.every((each) => typeof each === 'string'))
      return ids as [string, string];
  } catch {
    // Handled below.
  }
  throw new ThroughlineError('invalid-cursor', 'cursor was not issued by this server. Start without one.');
}

/** Number of rows in the first window. */
const FIRST_ROWS = 1000;
/** Number of rows in the first window with a filter, which may match few of them. */
const FIRST_FILTERED_ROWS = 50_000;

/** Searches by start, in windows that grow until one contains enough spans. */
async function byStart(
  scope: ProjectScope,
  { filter, fromNs, toNs }: ListSpansOptions,
  order: SpanSortSql,
  limits: QueryLimits,
): Promise<FindSpans> {
  const bounds = await scope.bounds('spans', limits);
  if (!bounds) return async () => [];
  const newestFirst = order.descending;
  let low = max(fromNs ?? MIN_NS, bounds.firstNs);
  let high = min(toNs ?? MAX_NS, bounds.lastNs + 1n);
  let rows = filter === undefined ? FIRST_ROWS : FIRST_FILTERED_ROWS;
  return async (after, count) => {
    // The nanosecond of the place is included, because other spans can start in it.
    if (after && newestFirst) high = min(high, BigInt(after.value) + 1n);
    if (after && !newestFirst) low = max(low, BigInt(after.value));
    const found: StoredSpan[] = [];
    for (; found.length < count && low < high; rows *= 8) {
      const edge = windowEdge(bounds.partitions, { low, high, newestFirst }, rows);
      const [from, to] = newestFirst ? [edge ?? low, high] : [low, edge ?? high];
      const missing = count - found.length;
      const next = await storedSpans(
        scope,
        [...beyond(after, order), ...conditionsOf(scope, filter, from, to)],
        order,
        missing,
        limits,
      );
      found.push(...next);
      // A full window can contain further spans, so it is searched again after the last one.
      if (next.length === missing) break;
      if (newestFirst) high = from;
      else low = to;
    }
    return found;
  };
}

/** Number of rows that are searched first for a large value. */
const SAMPLE_ROWS = 500_000;

/**
 * Searches the whole range for the largest or smallest values. A first statement reads only the values of the newest spans.
 * If they alone fill the page, no span beyond the last of these values belongs to it, so the index of the values excludes
 * most blocks of the table.
 */
async function byValue(
  scope: ProjectScope,
  { filter, fromNs, toNs }: ListSpansOptions,
  order: SpanSortSql,
  limits: QueryLimits,
): Promise<FindSpans> {
  const bounds = await scope.bounds('spans', limits);
  if (!bounds) return async () => [];
  const low = max(fromNs ?? MIN_NS, bounds.firstNs);
  const high = min(toNs ?? MAX_NS, bounds.lastNs + 1n);
  const conditions = conditionsOf(scope, filter, low, high);
  const edge = windowEdge(bounds.partitions, { low, high, newestFirst: true }, SAMPLE_ROWS);
  const newest = edge === undefined ? undefined : conditionsOf(scope, filter, edge, high);
  const { value, column, parse, descending } = order;
  const after = unsafeRawSql(descending ? '<' : '>');
  const before = unsafeRawSql(descending ? '>' : '<');
  return async (place, count) => {
    const strictly = place ? [sql`${value} ${after} ${parse(place.value)}`] : [];
    const sampled = newest && (await valueAt(scope, [...newest, ...strictly], order, count, limits));
    const last =
      sampled && !sampled.isAbsent
        ? sampled
        : await valueAt(scope, [...conditions, ...strictly], order, count, limits);
    const between = [
      ...(place ? [sql`${value} ${after}= ${parse(place.value)}`] : []),
      // The value of an absent number is not in the index.
      ...(last === undefined ? [] : [sql`${last.isAbsent ? value : column} ${before}= ${parse(last.value)}`]),
    ];
    return storedSpans(scope, [...conditions, ...between, ...beyond(place, order)], order, count, limits);
  };
}

function scoreOrder(descending: boolean): SpanSortSql {
  const value = sql`scored.score`;
  return { descending, value, column: value, parse: (text) => sql`toFloat64(${text})`, cursorType: 'float' };
}

/** Searches the spans that have a score with this name. Other spans are left out: joining all of them would take seconds. */
function byScore(
  scope: ProjectScope,
  name: string,
  { filter, fromNs, toNs }: ListSpansOptions,
  order: SpanSortSql,
  limits: QueryLimits,
): FindSpans {
  const scored = bestScores(scope, name, sql`trace_id, span_id`);
  const ids = sql`SELECT trace_id, span_id FROM ${scored} AS scored WHERE span_id != ''`;
  const direction = unsafeRawSql(order.descending ? 'DESC' : 'ASC');
  const conditions = [
    // The index of trace ids is used if the set is small.
    sql`trace_id IN (SELECT trace_id FROM (${ids}))`,
    sql`(trace_id, span_id) IN (${ids})`,
    ...conditionsOf(scope, filter, fromNs ?? MIN_NS, toNs ?? MAX_NS),
  ];
  return (place, count) =>
    scope.query<StoredSpan>(
      sql`
      SELECT spans.trace_id AS trace_id, spans.span_id AS span_id, start_ns, toString(scored.score) AS value, version
      FROM (
        SELECT trace_id, span_id, toUnixTimestamp64Nano(start) AS start_ns, version
        FROM ${scope.spans} AS spans
        WHERE ${and(conditions)}) AS spans
      INNER JOIN ${scored} AS scored ON spans.trace_id = scored.trace_id AND spans.span_id = scored.span_id
      WHERE ${and(beyond(place, order))}
      ORDER BY scored.score ${direction}, trace_id ${direction}, span_id ${direction}, version DESC
      LIMIT ${count}`,
      limits,
    );
}

/** The value of the `count`-th stored row. Undefined if there are fewer rows. */
async function valueAt(
  scope: ProjectScope,
  conditions: readonly Sql[],
  { value, column, descending }: SpanSortSql,
  count: number,
  limits: QueryLimits,
): Promise<{ readonly value: string; readonly isAbsent: boolean } | undefined> {
  const direction = unsafeRawSql(descending ? 'DESC' : 'ASC');
  const [row] = await scope.query<{ value: string; isAbsent: boolean }>(
    sql`
    SELECT toString(${value}) AS value, toBool(isNull(${column})) AS isAbsent
    FROM ${scope.spans} AS spans
    WHERE ${and(conditions)}
    ORDER BY ${value} ${direction}
    LIMIT 1 OFFSET ${count - 1}`,
    limits,
  );
  return row;
}

function conditionsOf(scope: ProjectScope, filter: Filter, fromNs: bigint, toNs: bigint): Sql[] {
  return [
    sql`start >= ${time(fromNs)} AND start < ${time(toNs)}`,
    ...spanFilterConditions(scope, filter, fromNs, toNs),
  ];
}

function beyond(place: Place | undefined, { value, parse, descending }: SpanSortSql): Sql[] {
  if (!place) return [];
  const compare = unsafeRawSql(descending ? '<' : '>');
  return [
    sql`(${value}, trace_id, span_id) ${compare} (${parse(place.value)}, ${place.trace_id}, ${place.span_id})`,
  ];
}

function storedSpans(
  scope: ProjectScope,
  conditions: readonly Sql[],
  { value, descending }: SpanSortSql,
  count: number,
  limits: QueryLimits,
): Promise<StoredSpan[]> {
  const direction = unsafeRawSql(descending ? 'DESC' : 'ASC');
  return scope.query<StoredSpan>(
    sql`
    SELECT trace_id, span_id, toUnixTimestamp64Nano(start) AS start_ns, toString(${value}) AS value, version
    FROM ${scope.spans} AS spans
    WHERE ${and(conditions)}
    ORDER BY ${value} ${direction}, trace_id ${direction}, span_id ${direction}, version DESC
    LIMIT ${count}`,
    limits,
  );
}

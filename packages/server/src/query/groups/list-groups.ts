/** Lists sessions or users by page, with totals over their traces. */
import type { Filter } from '@throughline/spans';
import type { QueryLimits } from '../../clickhouse/engine.ts';
import { orNull, toCount, toNumber } from '../../clickhouse/numbers.ts';
import { and, type Sql, sql, time, unsafeRawSql } from '../../clickhouse/sql.ts';
import { isoTimestampOf } from '../../contract/timestamps.ts';
import type { GroupSort, GroupSortField, TraceGroup } from '../../contract/trace-groups.ts';
import { decodeCursor, encodeCursor } from '../cursor.ts';
import { filterConditions } from '../filter/filter-sql.ts';
import { MAX_NS } from '../max-time.ts';
import type { ProjectScope } from '../project-scope.ts';
import { textSortValue } from '../text-sort.ts';
import { UNPRICED_MODELS } from '../traces/unpriced-models.ts';
import { GROUP_COLUMNS, type GroupBy } from './group-columns.ts';
import { readLastTraces } from './last-traces.ts';

export interface ListGroupsOptions {
  /** Only traces that started in this range are counted, in nanoseconds since 1970. The end is exclusive. */
  readonly fromNs?: bigint | undefined;
  readonly toNs?: bigint | undefined;
  /** Only traces that pass the filter are counted. */
  readonly filter?: Filter | undefined;
  /** Only this group. Its traces should also be selected by the filter, which has an index. */
  readonly id?: string | undefined;
  readonly sort: GroupSort;
  readonly limit: number;
  readonly cursor?: string | undefined;
  /** The current time as it is stored with new spans, in nanoseconds since 1970. A cursor contains that of the first page. */
  readonly asOfNs: bigint;
  readonly signal?: AbortSignal | undefined;
}

/** A session or a user. */
export interface ListedGroup extends TraceGroup {
  readonly id: string;
  readonly lastUserId: string | null;
}

interface Row {
  readonly id: string;
  readonly value: string;
  readonly trace_count: string;
  readonly failed: string;
  readonly errors: string;
  readonly input_sum: string | null;
  readonly output_sum: string | null;
  readonly cost_sum: string | null;
  readonly unpriced_sum: string;
  readonly first_ns: string;
  readonly last_ns: string;
}

/** A sort value from a cursor. */
const PARSERS = {
  nanoseconds: (text: string) => sql`toInt64(${text})`,
  decimal: (text: string) => sql`toDecimal128(${text}, 12)`,
  text: (text: string) => sql`${text}`,
};

/** Aggregates over the traces of a group. An absent value is NULL. */
const SORT_VALUES: Readonly<Record<Exclude<GroupSortField, 'id'>, Sql>> = {
  lastSeen: sql`last_ns`,
  firstSeen: sql`first_ns`,
  traceCount: sql`toInt64(trace_count)`,
  failedTraceCount: sql`toInt64(failed)`,
  errorCount: sql`toInt64(errors)`,
  costUsd: sql`cost_sum`,
  inputTokens: sql`input_sum`,
  outputTokens: sql`output_sum`,
  totalTokens: sql`if(input_sum IS NULL, output_sum, input_sum + ifNull(output_sum, 0))`,
};

/**
 * Reads one page. All pages of a list count only traces that existed when the first page was read, so a session that gets a
 * new trace keeps its place. Throws `invalid-cursor`.
 */
export async function listGroups(
  scope: ProjectScope,
  by: GroupBy,
  options: ListGroupsOptions,
): Promise<{ groups: ListedGroup[]; nextCursor: string | null }> {
  const { sort, limit } = options;
  const field = sort.replace('-', '') as GroupSortField;
  const isTime = field === 'lastSeen' || field === 'firstSeen';
  const cursorType = isTime ? 'nanoseconds' : field === 'id' ? 'text' : 'decimal';
  const cursor = options.cursor === undefined ? undefined : decodeCursor(options.cursor, sort, cursorType);
  const asOfNs = cursor?.asOf === undefined ? options.asOfNs : BigInt(cursor.asOf);
  const limits: QueryLimits = options.signal ? { signal: options.signal } : {};
  const fromNs = options.fromNs ?? 0n;
  const toNs = options.toNs ?? MAX_NS;
  const descending = sort.startsWith('-');
  const direction = unsafeRawSql(descending ? 'DESC' : 'ASC');
  const value = sortValue(field, descending);
  const conditions = [
    sql`start >= ${time(fromNs)} AND start < ${time(toNs)}`,
    sql`first_version <= ${asOfNs}`,
    ...filterConditions(scope, options.filter, fromNs, toNs),
  ];
  const rows = await scope.query<Row>(
    sql`
    SELECT id, count() AS trace_count, countIf(status = 'error') AS failed, sum(error_count) AS errors,
      sum(input_tokens) AS input_sum, sum(output_tokens) AS output_sum, sum(cost_usd) AS cost_sum,
      sum(unpriced) AS unpriced_sum, toUnixTimestamp64Nano(min(start)) AS first_ns,
      toUnixTimestamp64Nano(max(start)) AS last_ns, ${value} AS value
    FROM (
      SELECT arrayJoin(${GROUP_COLUMNS[by]}) AS id, status, error_count, input_tokens, output_tokens, cost_usd,
        unpriced, start
      FROM ${scope.traces} AS traces
      WHERE ${and(conditions)})
    ${options.id === undefined ? sql`` : sql`WHERE id = ${options.id}`}
    GROUP BY id
    ${cursor ? sql`HAVING (value, id) ${unsafeRawSql(descending ? '<' : '>')} (${PARSERS[cursorType](cursor.value)}, ${cursor.id})` : sql``}
    ORDER BY value ${direction}, id ${direction}
    LIMIT ${limit + 1}`,
    limits,
  );
  const page = rows.slice(0, limit);
  const last = page.at(-1);
  return {
    groups: await toGroups(scope, by, page, conditions, limits),
    nextCursor:
      last && rows.length > limit
        ? encodeCursor({ sort, value: last.value, id: last.id, asOf: String(asOfNs) })
        : null,
  };
}

/** A sort value. Rows without it are last in both directions. */
function sortValue(field: GroupSortField, descending: boolean): Sql {
  if (field === 'id') return textSortValue(sql`id`, descending);
  const value = SORT_VALUES[field];
  if (field === 'lastSeen' || field === 'firstSeen') return value;
  const absent = descending ? sql`'-1'` : sql`'99999999999999999999999999'`;
  return sql`ifNull(toDecimal128(${value}, 12), toDecimal128(${absent}, 12))`;
}

async function toGroups(
  scope: ProjectScope,
  by: GroupBy,
  rows: readonly Row[],
  conditions: readonly Sql[],
  limits: QueryLimits,
): Promise<ListedGroup[]> {
  const unpriced = rows.filter((row) => row.unpriced_sum !== '0').map(({ id }) => id);
  const [lastTraces, models] = await Promise.all([
    readLastTraces(
      scope,
      by,
      rows.map((row) => ({ id: row.id, lastNs: row.last_ns })),
      limits,
    ),
    unpricedModelsOf(scope, by, unpriced, conditions, limits),
  ]);
  return rows.map((row) => {
    const last = lastTraces.get(row.id);
    return {
      id: row.id,
      traceCount: Number(row.trace_count),
      failedTraceCount: Number(row.failed),
      errorCount: Number(row.errors),
      inputTokens: toCount(row.input_sum),
      outputTokens: toCount(row.output_sum),
      costUsd: toNumber(row.cost_sum),
      costIncomplete: row.unpriced_sum !== '0',
      unpricedCalls: Number(row.unpriced_sum),
      unpricedModels: [...(models.get(row.id) ?? [])],
      firstSeen: isoTimestampOf(BigInt(row.first_ns)),
      lastSeen: isoTimestampOf(BigInt(row.last_ns)),
      lastTraceId: last?.row.trace_id ?? '',
      lastTraceName: last?.row.name ?? '',
      lastInputPreview: last?.previews.inputPreview ?? null,
      lastOutputPreview: last?.previews.outputPreview ?? null,
      lastUserId: last ? orNull(last.row.user_id) : null,
    };
  });
}

/** The models without a price in each of these groups. */
async function unpricedModelsOf(
  scope: ProjectScope,
  by: GroupBy,
  ids: readonly string[],
  conditions: readonly Sql[],
  limits: QueryLimits,
): Promise<ReadonlyMap<string, readonly string[]>> {
  if (ids.length === 0) return new Map();
  const rows = await scope.query<{ id: string; models: string[] }>(
    sql`
    SELECT id, ${UNPRICED_MODELS} AS models
    FROM (
      SELECT arrayJoin(${GROUP_COLUMNS[by]}) AS id, unpriced_models
      FROM ${scope.traces} AS traces
      WHERE ${and([sql`unpriced > 0`, sql`hasAny(${GROUP_COLUMNS[by]}, ${ids})`, ...conditions])})
    WHERE id IN ${ids}
    GROUP BY id`,
    limits,
  );
  return new Map(rows.map(({ id, models }) => [id, models]));
}

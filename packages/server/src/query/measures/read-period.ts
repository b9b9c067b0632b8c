/** Reads the values of a query for one range of time: by step and group, by group, and of everything. */
import { type Dimension, type RowsOf, stepStarts } from '@throughline/spans';
import type { QueryLimits } from '../../clickhouse/engine.ts';
import { join, type Sql, sql, unsafeRawSql } from '../../clickhouse/sql.ts';
import { offsetReader } from '../../contract/time-zone.ts';
import { MAX_UNPRICED_MODELS } from '../../contract/unpriced.ts';
import { type ZoneOffsets, zoneOffsets } from '../../contract/zone-offsets.ts';
import { IS_UNPRICED } from '../../settle/trace-measures.ts';
import type { ProjectScope } from '../project-scope.ts';
import { UNPRICED_MODELS } from '../traces/unpriced-models.ts';
import { clockSlotOf, clockTimeMs } from './clock-time.ts';
import { ordinalSql, stepSql } from './dimension-sql.ts';
import { groupKeySql } from './group-keys.ts';
import { aggregateSql, isOfCalls, labelsOf, UNPRICED_CALLS } from './measure-sql.ts';
import type { MeasureColumn, QueryPlan } from './plan-query.ts';
import { rowsSql, type SelectedRows } from './rows-sql.ts';

/** A range in nanoseconds since 1970. The end is exclusive. */
export interface Period {
  readonly fromNs: bigint;
  readonly toNs: bigint;
}

/** Values by the name of their measure. */
export interface Values {
  readonly values: Readonly<Record<string, number | null>>;
  readonly unpricedCalls: number;
}

/** Values of a group at a step of time, or at a value of an ordinal dimension, or at both. */
export interface Point extends Values {
  /** Start of the step in milliseconds since 1970. Undefined without a grain. */
  readonly stepMs: number | undefined;
  readonly ordinals: readonly (number | null)[];
  /** Position of the group, counted from 1. 0 means all groups beyond the limit. */
  readonly group: number;
}

export interface PeriodValues {
  readonly steps: readonly number[];
  /** Empty without a grain and without an ordinal dimension. */
  readonly points: readonly Point[];
  readonly groups: ReadonlyMap<number, Values>;
  readonly totals: Values;
  readonly unpricedModels: readonly string[];
}

/** Measures that one statement computes: those of spans or traces, or those of the scores with one name. */
interface Family {
  readonly score: string | undefined;
  readonly measures: readonly MeasureColumn[];
}

type Raw = Readonly<Record<string, string | number | null>> & {
  readonly unpriced_models?: readonly string[];
};

/** Groups of a query. Fields such as `user` can have millions of values. */
const MAX_GROUPS = 1_000_000;
const MAX_MEMORY_BYTES = 1.5 * 1024 ** 3;

/** Limits of each statement. */
export function limitsOf(signal: AbortSignal | undefined): QueryLimits {
  return { maxMemoryBytes: MAX_MEMORY_BYTES, ...(signal && { signal }) };
}

function familiesOf({ measures }: QueryPlan): Family[] {
  const scoreOf = ({ measure }: MeasureColumn) => (measure.type === 'score' ? measure.name : undefined);
  const families = [...Map.groupBy(measures, scoreOf)];
  return families.map(([score, columns]) => ({ score, measures: columns }));
}

function selectedRows(plan: QueryPlan, { fromNs, toNs }: Period, { score, measures }: Family): SelectedRows {
  const { of, filter, dimensions } = plan;
  return {
    of,
    filter,
    fromNs,
    toNs,
    score,
    dimensions: dimensions.map(({ dimension }) => dimension),
    labels: measures.flatMap(({ measure }) => labelsOf(of, measure)),
    onlyCalls: measures.every(({ measure }) => isOfCalls(of, measure)),
  };
}

/**
 * The groups with the highest (or lowest) values of the first measure, and the number of all groups. Groups of rows that only
 * the other measures read, such as models without a score, rank last.
 */
export async function rankGroups(
  scope: ProjectScope,
  plan: QueryPlan,
  period: Period,
  limits: QueryLimits,
): Promise<{ readonly keys: readonly string[]; readonly count: number }> {
  const { of, labels, measures, limit, order } = plan;
  const [{ measure, aggregation }] = measures;
  const key = groupKeySql(of, labels);
  const families = familiesOf(plan).map(
    (family, index) => sql`
      SELECT ${'one' in key ? key.one : sql`arrayJoin(${key.all})`} AS group_key,
        ${index === 0 ? aggregateSql(of, measure, aggregation) : sql`NULL`} AS family_value
      ${rowsSql(scope, selectedRows(plan, period, family))}
      GROUP BY group_key`,
  );
  const found = await scope.query<{ group_key: string; group_count: string }>(
    sql`
    SELECT group_key, max(family_value) AS rank_value, count() OVER () AS group_count
    FROM (${join(families, ' UNION ALL ')})
    GROUP BY group_key
    ORDER BY rank_value ${unsafeRawSql(order === 'asc' ? 'ASC' : 'DESC')} NULLS LAST, group_key
    LIMIT ${limit}
    SETTINGS max_rows_to_group_by = ${MAX_GROUPS}, group_by_overflow_mode = 'throw'`,
    limits,
  );
  return { keys: found.map((row) => row.group_key), count: Number(found[0]?.group_count ?? 0) };
}

/** Reads the values of these groups, of all other groups together, and of everything. */
export async function readPeriod(
  scope: ProjectScope,
  plan: QueryPlan,
  period: Period,
  keys: readonly string[],
  limits: QueryLimits,
): Promise<PeriodValues> {
  const { grain, timeZone } = plan;
  const range = { fromMs: toMs(period.fromNs), toMs: toMs(period.toNs) };
  const steps = grain === null ? [] : stepStarts(grain, range, offsetReader(timeZone));
  const offsets = plan.ordinals.some(({ dimension }) => isClock(dimension))
    ? zoneOffsets(timeZone, range.fromMs, range.toMs)
    : { first: 0, changes: [] };
  const parts = await Promise.all(
    familiesOf(plan).map((family) =>
      readFamily(scope, plan, period, { keys, steps, offsets, family }, limits),
    ),
  );
  const merged = mergeFamilies(parts.flat(), plan, { ...range, steps, offsets });
  return { ...merged, steps };
}

function isClock({ type }: Dimension): boolean {
  return type === 'hourOfDay' || type === 'dayOfWeek';
}

function toMs(ns: bigint): number {
  return Number(ns / 1_000_000n);
}

interface FamilyOptions {
  readonly family: Family;
  readonly keys: readonly string[];
  readonly steps: readonly number[];
  readonly offsets: ZoneOffsets;
}

async function readFamily(
  scope: ProjectScope,
  plan: QueryPlan,
  period: Period,
  { family, keys, steps, offsets }: FamilyOptions,
  limits: QueryLimits,
): Promise<Raw[]> {
  const { of, labels, ordinals } = plan;
  const rows = rowsSql(scope, selectedRows(plan, period, family));
  const key = labels.length === 0 ? undefined : groupKeySql(of, labels);
  const axes = [
    ...(steps.length === 0
      ? []
      : [
          {
            name: 'step',
            value: stepSql(steps),
          },
        ]),
    ...ordinals.map(({ dimension }, index) => ({
      name: `ordinal_${index}`,
      value: ordinalSql(of, dimension, offsets),
    })),
  ];
  const named = [...axes, ...(key ? [{ name: 'group_index', value: indexSql(key, keys) }] : [])];
  const aggregates = [
    ...family.measures.map(({ measure, aggregation, name }) => ({
      name: columnName(plan, name),
      value: aggregateSql(of, measure, aggregation),
    })),
    ...(family.score === undefined && family.measures.some(({ unit }) => unit.startsWith('usd'))
      ? [
          { name: 'unpriced_calls', value: UNPRICED_CALLS[of] },
          {
            name: 'unpriced_models',
            value: sql`if(level = 'total', ${UNPRICED_MODELS_OF[of]}, CAST([], 'Array(String)'))`,
          },
        ]
      : []),
  ];
  const names = (columns: readonly { readonly name: string }[]) =>
    unsafeRawSql(columns.map(({ name }) => name).join(', '));
  const select = (columns: readonly { readonly name: string; readonly value: Sql }[]) =>
    join(
      columns.map(({ name, value }) => sql`${value} AS ${unsafeRawSql(name)}`),
      ', ',
    );
  const total = sql`SELECT 'total' AS level, ${select(aggregates)} ${rows}`;
  if (named.length === 0) return scope.query<Raw>(total, limits);
  // A row with several values of a label counts in several groups, but once in the total.
  const isRepeated = key !== undefined && 'all' in key;
  const sets = [
    ...(axes.length > 0 ? [sql`(${names(named)})`] : []),
    ...(key ? [sql`(group_index)`] : []),
    ...(isRepeated ? [] : [sql`()`]),
  ];
  const level =
    axes.length > 0
      ? sql`multiIf(grouping(${unsafeRawSql((axes[0] as { name: string }).name)}) = 0, 'point', ${key ? sql`grouping(group_index) = 0` : sql`false`}, 'group', 'total')`
      : sql`if(grouping(group_index) = 0, 'group', 'total')`;
  const byPlace = scope.query<Raw>(
    sql`
    SELECT ${level} AS level, ${select(named)}, ${select(aggregates)}
    ${rows}
    GROUP BY GROUPING SETS (${join(sets, ', ')})`,
    limits,
  );
  const totals = isRepeated ? scope.query<Raw>(total, limits) : [];
  return (await Promise.all([byPlace, totals])).flat();
}

/** The position of the group of a row among the keys, counted from 1. 0 means that it is none of them. */
function indexSql(key: ReturnType<typeof groupKeySql>, keys: readonly string[]): Sql {
  // A plain 0 would be a group even without any row.
  if (keys.length === 0) return sql`toUInt16(ignore(${'one' in key ? key.one : key.all}))`;
  const positions = unsafeRawSql(`[${keys.map((_, index) => index + 1).join(', ')}]`);
  if ('one' in key) return sql`toUInt16(transform(${key.one}, ${keys}, ${positions}, 0))`;
  return sql`arrayJoin(arrayDistinct(arrayMap(each -> toUInt16(indexOf(${keys}, each)), ${key.all})))`;
}

function columnName({ measures }: QueryPlan, name: string): string {
  return `m${measures.findIndex((each) => each.name === name)}`;
}

/** The models of the calls without a price. */
const UNPRICED_MODELS_OF: Readonly<Record<RowsOf, Sql>> = {
  spans: sql`arraySort(groupUniqArrayIf(${unsafeRawSql(String(MAX_UNPRICED_MODELS))})(toString(model), model != '' AND ${IS_UNPRICED}))`,
  traces: sql`CAST(${UNPRICED_MODELS}, 'Array(String)')`,
};

/** The time of a period in milliseconds since 1970, and how it is divided. */
interface Times {
  readonly fromMs: number;
  readonly toMs: number;
  readonly steps: readonly number[];
  readonly offsets: ZoneOffsets;
}

const NO_VALUES: Values = { values: {}, unpricedCalls: 0 };

function mergeFamilies(rows: readonly Raw[], plan: QueryPlan, times: Times): Omit<PeriodValues, 'steps'> {
  const points = new Map<string, Point>();
  const groups = new Map<number, Values>();
  let totals = NO_VALUES;
  let unpricedModels: readonly string[] = [];
  for (const row of rows) {
    const stepMs = times.steps.length > 0 && row.level === 'point' ? Number(row.step) * 1000 : undefined;
    const ordinals =
      row.level === 'point' ? plan.ordinals.map((_, index) => toNumber(row[`ordinal_${index}`])) : [];
    const minutes = () => minutesOf(plan, times, stepMs, ordinals);
    const group = Number(row.group_index ?? 1);
    const merge = (known: Values = NO_VALUES): Values => ({
      values: { ...known.values, ...valuesOf(row, plan, minutes) },
      unpricedCalls: known.unpricedCalls + Number(row.unpriced_calls ?? 0),
    });
    if (row.level === 'total') {
      totals = merge(totals);
      unpricedModels = row.unpriced_models ?? unpricedModels;
    } else if (row.level === 'group') groups.set(group, merge(groups.get(group)));
    else {
      const place = JSON.stringify([stepMs, ordinals, group]);
      points.set(place, { stepMs, ordinals, group, ...merge(points.get(place)) });
    }
  }
  return { points: [...points.values()], groups, totals, unpricedModels };
}

/** The length of a step within the range, or of the whole range; of it, the part in an hour of the day or a day of the week. */
function minutesOf(
  { ordinals: columns }: QueryPlan,
  { fromMs, toMs: endMs, steps, offsets }: Times,
  stepMs: number | undefined,
  ordinals: readonly (number | null)[],
): number {
  const next = stepMs === undefined ? undefined : steps[steps.indexOf(stepMs) + 1];
  const range = { fromMs: Math.max(stepMs ?? fromMs, fromMs), toMs: Math.min(next ?? endMs, endMs) };
  const slot = clockSlotOf(
    columns.map(({ dimension }) => dimension),
    ordinals,
  );
  return (slot === undefined ? range.toMs - range.fromMs : clockTimeMs(range, offsets, slot)) / 60_000;
}

function valuesOf(row: Raw, { measures }: QueryPlan, minutes: () => number): Record<string, number | null> {
  return Object.fromEntries(
    measures.flatMap(({ name, aggregation }, index) => {
      if (!Object.hasOwn(row, `m${index}`)) return [];
      const value = toNumber(row[`m${index}`]);
      return [[name, aggregation === 'rate' && value !== null ? value / minutes() : value] as const];
    }),
  );
}

/** Numbers of 64 bits and decimals are texts in the results of the store. */
function toNumber(value: string | number | null | undefined): number | null {
  if (value === null || value === undefined) return null;
  const number = Number(value);
  return Number.isFinite(number) ? number : null;
}

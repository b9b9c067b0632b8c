import type { Filter } from '@throughline/spans';
import type { QueryLimits } from '../../clickhouse/engine.ts';
import { and, type Sql, sql, time, unsafeRawSql } from '../../clickhouse/sql.ts';
import { isoTimestampOf } from '../../contract/timestamps.ts';
import type { HEAT_MEASURES, TraceHeatMap } from '../../contract/trace-distribution.ts';
import { filterConditions } from '../filter/filter-sql.ts';
import type { ProjectScope } from '../project-scope.ts';
import { firstBucket } from './first-bucket.ts';
import { rangeOf, widthOf } from './volume.ts';

export interface HeatMapOptions {
  readonly measure: (typeof HEAT_MEASURES)[number];
  /** Nanoseconds since 1970. Default: the first and the last trace of the project. */
  readonly fromNs?: bigint | undefined;
  readonly toNs?: bigint | undefined;
  /** Maximum number of columns. */
  readonly columns: number;
  readonly filter?: Filter | undefined;
  /** Zone in which days begin. Default: UTC. */
  readonly timeZone?: string | undefined;
  readonly signal?: AbortSignal | undefined;
}

interface Row {
  readonly column: string;
  /** Position of the lower bound in `BOUNDS`. -1 for traces without a value. */
  readonly bound: string;
  readonly traces: string;
  readonly errors: string;
}

/** Lower bounds of the rows in one decade. They are nearly equally far apart on a logarithmic scale. */
const STEPS = [1, 1.5, 2, 3, 5, 7];

/** The measure of a trace in the unit of the filter, and the decades of its rows. Further values are in the last rows. */
const MEASURES: Readonly<
  Record<
    HeatMapOptions['measure'],
    { readonly value: Sql; readonly decades: readonly [first: number, last: number] }
  >
> = {
  // 1 µs to 11 days
  latency: { value: sql`duration_ns / 1e6`, decades: [-3, 8] },
  // 1e-7 USD to 10,000 USD
  cost: { value: sql`toFloat64(cost_usd)`, decades: [-7, 3] },
};

const SECOND_NS = 1_000_000_000n;

/** Counts traces by time and by a measure on a logarithmic scale. */
export async function traceHeatMap(scope: ProjectScope, options: HeatMapOptions): Promise<TraceHeatMap> {
  const limits: QueryLimits = options.signal ? { signal: options.signal } : {};
  const { measure } = options;
  const { fromNs, toNs } = await rangeOf(scope, options, limits);
  const widthNs = BigInt(widthOf(toNs - fromNs, options.columns)) * SECOND_NS;
  const firstNs = firstBucket(fromNs, widthNs, options.timeZone);
  const bounds = boundsOf(measure);
  const list = unsafeRawSql(`[${bounds.slice(0, -1).join(', ')}]`);
  const { value } = MEASURES[measure];
  const found = await scope.query<Row>(
    sql`
    SELECT intDiv(toUnixTimestamp64Nano(start) - ${firstNs}, ${widthNs}) AS column,
      if(ifNull(${value}, 0) > 0, indexOf(${list}, roundDown(assumeNotNull(${value}), ${list})) - 1, -1) AS bound,
      count() AS traces, countIf(status = 'error') AS errors
    FROM ${scope.traces} AS traces
    WHERE ${and([
      sql`start >= ${time(fromNs)} AND start < ${time(toNs)}`,
      ...filterConditions(scope, options.filter, fromNs, toNs),
    ])}
    GROUP BY column, bound
    ORDER BY column, bound`,
    limits,
  );
  const rows = found.map((row) => ({
    column: Number(row.column),
    bound: Number(row.bound),
    traces: Number(row.traces),
    errors: Number(row.errors),
  }));
  const cells = rows.filter(({ bound }) => bound >= 0);
  const lowest = Math.min(...cells.map(({ bound }) => bound));
  const highest = Math.max(...cells.map(({ bound }) => bound));
  const total = (some: readonly { readonly traces: number }[]) =>
    some.reduce((sum, row) => sum + row.traces, 0);
  const columns = Number((toNs - firstNs + widthNs - 1n) / widthNs);
  return {
    measure,
    from: isoTimestampOf(fromNs),
    to: isoTimestampOf(toNs),
    bucketSeconds: Number(widthNs / SECOND_NS),
    columns: Array.from({ length: columns }, (_, index) => isoTimestampOf(firstNs + BigInt(index) * widthNs)),
    rows: cells.length === 0 ? [] : rangesOf(bounds.slice(lowest, highest + 2)),
    cells: cells.map(({ bound, ...cell }) => ({ ...cell, row: bound - lowest })),
    traces: total(rows),
    missing: total(rows.filter(({ bound }) => bound < 0)),
  };
}

/** Bounds of all rows, lowest first: 0.001, 0.0015 … */
function boundsOf(measure: HeatMapOptions['measure']): number[] {
  const [first, last] = MEASURES[measure].decades;
  const decades = Array.from({ length: last - first + 1 }, (_, index) => first + index);
  return [
    ...decades.flatMap((decade) => STEPS.map((step) => Number(`${step}e${decade}`))),
    Number(`1e${last + 1}`),
  ];
}

function rangesOf(bounds: readonly number[]): { low: number; high: number }[] {
  return bounds.slice(0, -1).map((low, index) => ({ low, high: bounds[index + 1] as number }));
}

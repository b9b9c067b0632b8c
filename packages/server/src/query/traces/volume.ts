import type { Filter } from '@throughline/spans';
import type { QueryLimits } from '../../clickhouse/engine.ts';
import { nsToMs, toNumber } from '../../clickhouse/numbers.ts';
import { and, sql, time } from '../../clickhouse/sql.ts';
import { isoTimestampOf } from '../../contract/timestamps.ts';
import type { TraceVolume } from '../../contract/trace.ts';
import { filterConditions } from '../filter/filter-sql.ts';
import { MAX_NS } from '../max-time.ts';
import type { ProjectScope } from '../project-scope.ts';
import { firstBucket } from './first-bucket.ts';
import { readUnpricedModels } from './unpriced-models.ts';

export interface VolumeOptions {
  /** Nanoseconds since 1970. Default: the first and the last span of the project. */
  readonly fromNs?: bigint | undefined;
  readonly toNs?: bigint | undefined;
  /** Maximum number of buckets. Their width is a round number of seconds, minutes, hours or days. */
  readonly buckets: number;
  readonly filter?: Filter | undefined;
  /** Zone in which days begin. Default: UTC. */
  readonly timeZone?: string | undefined;
  readonly signal?: AbortSignal | undefined;
}

interface Row {
  readonly bucket: string;
  /** `1` in the row of the whole range. */
  readonly is_total: string;
  readonly traces: string;
  readonly errors: string;
  readonly total_cost: string | null;
  readonly unpriced_calls: string;
  readonly p50_ns: number | null;
  readonly p95_ns: number | null;
}

const SECOND_NS = 1_000_000_000n;
const WIDTHS_SECONDS = [
  1, 5, 10, 30, 60, 300, 600, 1800, 3600, 10_800, 21_600, 43_200, 86_400, 604_800, 2_592_000,
];

/** Counts traces over time, with the errors, durations and cost of each bucket and of the range. */
export async function traceVolume(scope: ProjectScope, options: VolumeOptions): Promise<TraceVolume> {
  const limits: QueryLimits = options.signal ? { signal: options.signal } : {};
  const { fromNs, toNs } = await rangeOf(scope, options, limits);
  const widthNs = BigInt(widthOf(toNs - fromNs, options.buckets)) * SECOND_NS;
  const firstNs = firstBucket(fromNs, widthNs, options.timeZone);
  const conditions = [
    sql`start >= ${time(fromNs)} AND start < ${time(toNs)}`,
    ...filterConditions(scope, options.filter, fromNs, toNs),
  ];
  const rows = await scope.query<Row>(
    sql`
    SELECT intDiv(toUnixTimestamp64Nano(start) - ${firstNs}, ${widthNs}) AS bucket, grouping(bucket) AS is_total,
      count() AS traces, countIf(status = 'error') AS errors, sum(cost_usd) AS total_cost, sum(unpriced) AS unpriced_calls,
      quantileTDigestOrNull(0.5)(duration_ns) AS p50_ns, quantileTDigestOrNull(0.95)(duration_ns) AS p95_ns
    FROM ${scope.traces} AS traces
    WHERE ${and(conditions)}
    GROUP BY GROUPING SETS ((bucket), ())`,
    limits,
  );
  const total = rows.find((row) => row.is_total === '1');
  const byBucket = new Map(
    rows.filter((row) => row.is_total === '0').map((row) => [Number(row.bucket), row]),
  );
  const count = Number((toNs - firstNs + widthNs - 1n) / widthNs);
  const traces = Number(total?.traces ?? 0);
  const errors = Number(total?.errors ?? 0);
  const unpricedCalls = Number(total?.unpriced_calls ?? 0);
  return {
    from: isoTimestampOf(fromNs),
    to: isoTimestampOf(toNs),
    bucketSeconds: Number(widthNs / SECOND_NS),
    buckets: Array.from({ length: count }, (_, index) => ({
      startTime: isoTimestampOf(firstNs + BigInt(index) * widthNs),
      traces: Number(byBucket.get(index)?.traces ?? 0),
      errors: Number(byBucket.get(index)?.errors ?? 0),
      p50DurationMs: msOf(byBucket.get(index)?.p50_ns),
      p95DurationMs: msOf(byBucket.get(index)?.p95_ns),
      costUsd: toNumber(byBucket.get(index)?.total_cost ?? null),
      unpricedCalls: Number(byBucket.get(index)?.unpriced_calls ?? 0),
    })),
    traces,
    errors,
    errorRate: traces === 0 ? null : errors / traces,
    p50DurationMs: msOf(total?.p50_ns),
    p95DurationMs: msOf(total?.p95_ns),
    costUsd: traces === 0 ? null : toNumber(total?.total_cost ?? null),
    unpricedCalls,
    unpricedModels: unpricedCalls === 0 ? [] : [...(await readUnpricedModels(scope, conditions, limits))],
  };
}

function msOf(ns: number | null | undefined): number | null {
  return nsToMs(ns === null || ns === undefined ? null : String(ns));
}

/** The smallest width in round seconds with at most this number of buckets. */
export function widthOf(rangeNs: bigint, buckets: number): number {
  const seconds = Number(rangeNs) / 1e9;
  const last = WIDTHS_SECONDS.at(-1) as number;
  return (
    WIDTHS_SECONDS.find((width) => seconds / width <= buckets) ?? Math.ceil(seconds / buckets / last) * last
  );
}

/** The range, whose missing ends are the first and the last trace of the project. */
export async function rangeOf(
  scope: ProjectScope,
  { fromNs, toNs }: Pick<VolumeOptions, 'fromNs' | 'toNs'>,
  limits: QueryLimits,
): Promise<{ readonly fromNs: bigint; readonly toNs: bigint }> {
  if (fromNs !== undefined && toNs !== undefined) return { fromNs, toNs: toNs > fromNs ? toNs : fromNs };
  const [range] = await scope.query<{ first: string; last: string; n: string }>(
    sql`
    SELECT toUnixTimestamp64Nano(min(start)) AS first, toUnixTimestamp64Nano(max(start)) AS last, count() AS n
    FROM ${scope.traces}
    WHERE start >= ${time(fromNs ?? 0n)} AND start < ${time(toNs ?? MAX_NS)}`,
    limits,
  );
  const first = fromNs ?? (range && range.n !== '0' ? BigInt(range.first) : (toNs ?? 0n));
  const last = toNs ?? (range && range.n !== '0' ? BigInt(range.last) + 1n : first);
  return { fromNs: first, toNs: last > first ? last : first };
}

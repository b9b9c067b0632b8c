import { attributesToJson, decodeAttributes } from '@throughline/spans';
import type { QueryLimits } from '../../clickhouse/engine.ts';
import { orNull, toCount } from '../../clickhouse/numbers.ts';
import { and, type Sql, sql, time } from '../../clickhouse/sql.ts';
import type { MetricPoint, MetricSeries } from '../../contract/client-metric.ts';
import { isoTimestampOf } from '../../contract/timestamps.ts';
import { decodeResource } from '../../tables/payload-codec.ts';
import type { ProjectScope } from '../project-scope.ts';

export interface MetricRange {
  /** Lower limit for points, inclusive, in nanoseconds since 1970. */
  readonly fromNs?: bigint | undefined;
  /** Upper limit for points, exclusive. */
  readonly toNs?: bigint | undefined;
  readonly signal?: AbortSignal | undefined;
}

interface SeriesRow {
  readonly name: string;
  readonly series_id: string;
  readonly kind: MetricSeries['kind'];
  readonly temporality: MetricSeries['temporality'];
  readonly monotonic: boolean;
  readonly unit: string;
  readonly description: string;
  readonly attributes: string;
  readonly resource: string;
  readonly total_count: string | null;
  readonly total_sum: number | null;
  readonly first_ns: string;
  readonly last_ns: string;
  readonly points: string;
}

/**
 * Lists the series of a project by name, most recent first. Deltas are summed. A cumulative series uses its last point
 * before each restart of its client, so it includes all values since the client started. A gauge uses its last value.
 */
export async function listMetricSeries(
  scope: ProjectScope,
  options: MetricRange & { readonly name?: string | undefined; readonly limit: number },
): Promise<MetricSeries[]> {
  const conditions = rangeOf(options);
  if (options.name !== undefined) conditions.push(sql`name = ${options.name}`);
  const rows = await scope.query<SeriesRow>(
    sql`
    SELECT name, series_id, any(run_kind) AS kind, any(run_temporality) AS temporality,
      any(run_monotonic) AS monotonic, any(run_unit) AS unit, argMax(run_description, last_time) AS description,
      any(run_attributes) AS attributes, any(run_resource) AS resource,
      sum(if(run_temporality = 'delta', run_count, last_count)) AS total_count,
      if(any(run_kind) = 'gauge', argMax(last_sum, last_time),
        sum(if(run_temporality = 'delta', run_sum, last_sum))) AS total_sum,
      toUnixTimestamp64Nano(min(first_time)) AS first_ns, toUnixTimestamp64Nano(max(last_time)) AS last_ns,
      sum(run_points) AS points
    FROM
    (
      SELECT name, series_id, start, any(kind) AS run_kind, any(temporality) AS run_temporality,
        any(monotonic) AS run_monotonic, any(unit) AS run_unit, argMax(description, time) AS run_description,
        any(attributes) AS run_attributes, any(resource) AS run_resource,
        sum(count) AS run_count, argMax(count, time) AS last_count,
        sum(sum) AS run_sum, argMax(sum, time) AS last_sum,
        min(time) AS first_time, max(time) AS last_time, count() AS run_points
      FROM ${scope.metrics}
      WHERE ${and(conditions)}
      GROUP BY name, series_id, start
    )
    GROUP BY name, series_id
    ORDER BY name, last_ns DESC, series_id
    LIMIT ${options.limit}`,
    limitsOf(options),
  );
  return rows.map((row) => ({
    seriesId: row.series_id,
    name: row.name,
    description: orNull(row.description),
    unit: orNull(row.unit),
    kind: row.kind,
    temporality: row.temporality,
    monotonic: row.monotonic,
    service: serviceOf(row.resource),
    attributes: attributesToJson(decodeAttributes(row.attributes)),
    count: toCount(row.total_count),
    sum: row.total_sum,
    points: Number(row.points),
    firstTime: isoTimestampOf(BigInt(row.first_ns)),
    lastTime: isoTimestampOf(BigInt(row.last_ns)),
  }));
}

function serviceOf(resource: string): string | null {
  const service = decodeResource(resource).attributes.get('service.name');
  return typeof service === 'string' ? orNull(service) : null;
}

interface PointRow {
  readonly start_ns: string;
  readonly time_ns: string;
  readonly count: string | null;
  readonly sum: number | null;
  readonly min: number | null;
  readonly max: number | null;
  readonly point: string;
}

/** Returns the points of one series in order. If there are more than `limit`, returns the latest. */
export async function listMetricPoints(
  scope: ProjectScope,
  seriesId: string,
  options: MetricRange & { readonly limit: number },
): Promise<MetricPoint[]> {
  const rows = await scope.query<PointRow>(
    sql`
    SELECT toUnixTimestamp64Nano(start) AS start_ns, toUnixTimestamp64Nano(time) AS time_ns, count, sum, min, max, point
    FROM ${scope.metrics}
    WHERE ${and([sql`series_id = ${seriesId}`, ...rangeOf(options)])}
    ORDER BY time DESC, start DESC
    LIMIT ${options.limit}`,
    limitsOf(options),
  );
  return rows.reverse().map((row) => ({
    ...attributesToJson(decodeAttributes(row.point)),
    startTime: row.start_ns === '0' ? null : isoTimestampOf(BigInt(row.start_ns)),
    time: isoTimestampOf(BigInt(row.time_ns)),
    count: toCount(row.count),
    sum: row.sum,
    min: row.min,
    max: row.max,
  }));
}

function rangeOf({ fromNs, toNs }: MetricRange): Sql[] {
  return [
    ...(fromNs === undefined ? [] : [sql`time >= ${time(fromNs)}`]),
    ...(toNs === undefined ? [] : [sql`time < ${time(toNs)}`]),
  ];
}

const limitsOf = ({ signal }: MetricRange): QueryLimits => (signal ? { signal } : {});

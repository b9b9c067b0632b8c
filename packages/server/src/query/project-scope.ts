import type { Engine, QueryLimits } from '../clickhouse/engine.ts';
import { compile, type Sql, sql, time, unsafeRawSql } from '../clickhouse/sql.ts';
import { earlier, later } from '../settle/settle-traces.ts';
import { MAX_NS } from './max-time.ts';

/** The second column of the primary key of `spans` and `payloads`: minutes since 1970. */
export const MINUTE: Sql = sql`intDiv(toUnixTimestamp64Second(start), 60)`;
export const MINUTE_NS = 60_000_000_000n;

/** A range in nanoseconds since 1970, inclusive at both ends. */
export interface SpanRange {
  readonly fromNs: bigint;
  readonly toNs: bigint;
}

/** A condition on `spans` and `payloads`. Limits beyond the times that the store supports are moved to its ends. */
export function startsWithin({ fromNs, toNs }: SpanRange): Sql {
  return sql`start >= ${time(clampNs(fromNs))} AND start <= ${time(clampNs(toNs))}`;
}

function clampNs(ns: bigint): bigint {
  return ns < 0n ? 0n : ns > MAX_NS ? MAX_NS : ns;
}

/**
 * The tables restricted to one project. Every query uses tables through a scope, so no query can forget the project. The
 * filter in the subquery can use the primary key, because ClickHouse pushes both conditions down.
 */
export interface ProjectScope {
  readonly project: string;
  /**
   * Rows as stored. A span that was sent twice can have two rows until a merge: select one with
   * `ORDER BY version DESC LIMIT 1 BY trace_id, span_id`, or use `mergedSpans`.
   */
  readonly spans: Sql;
  /** One row per trace, as settled after the last load. */
  readonly traces: Sql;
  /** The tags that people gave to traces and did not take away. */
  readonly givenTags: Sql;
  /** One row per span, in its latest version. This costs nothing for days that have become one part. */
  readonly mergedSpans: Sql;
  readonly payloads: Sql;
  /** Rows as stored. A record that was sent twice can have two rows until a merge. */
  readonly logs: Sql;
  /** One row per score, in its latest version. */
  readonly scores: Sql;
  /** Scores as stored. A score that was sent again can have several rows until a merge. */
  readonly storedScores: Sql;
  /** When each score first arrived. */
  readonly scoreStarts: Sql;
  /** One row a data point. */
  readonly metrics: Sql;
  /**
   * First and last start and number of rows of a whole table, including all projects, also by partition. It limits searches,
   * and ClickHouse reads it from the metadata of parts. Undefined if the table is empty.
   */
  bounds(table: 'traces' | 'spans', limits?: QueryLimits): Promise<StoreBounds | undefined>;
  /** The only methods that run queries. */
  query<Row>(query: Sql, limits?: QueryLimits): Promise<Row[]>;
  queryJson(query: Sql, limits?: QueryLimits): Promise<Uint8Array>;
  writeParquet(path: string, query: Sql, limits?: QueryLimits): Promise<void>;
  /** Deletes the rows that match in all their versions. Resolves once they are not readable. */
  deleteRows(table: DeletableTable, where: Sql): Promise<void>;
}

export type DeletableTable =
  | 'spans'
  | 'payloads'
  | 'logs'
  | 'scores'
  | 'score_starts'
  | 'trace_tags'
  | 'traces';

/** The number of rows whose start is in a range, inclusive at both ends, in nanoseconds since 1970. */
export interface RowRange {
  readonly firstNs: bigint;
  readonly lastNs: bigint;
  readonly rows: number;
}

export interface StoreBounds extends RowRange {
  readonly partitions: readonly RowRange[];
}

export function projectScope(engine: Engine, project: string): ProjectScope {
  return {
    project,
    traces: sql`(SELECT *, summary FROM traces FINAL WHERE project = ${project})`,
    givenTags: sql`(SELECT trace_id, tag FROM trace_tags FINAL WHERE project = ${project} AND present)`,
    spans: sql`(SELECT * FROM spans WHERE project = ${project})`,
    mergedSpans: sql`(SELECT * FROM spans FINAL WHERE project = ${project})`,
    payloads: sql`(SELECT * FROM payloads WHERE project = ${project})`,
    logs: sql`(SELECT * FROM logs WHERE project = ${project})`,
    scores: sql`(SELECT * FROM scores FINAL WHERE project = ${project})`,
    storedScores: sql`(SELECT * FROM scores WHERE project = ${project})`,
    scoreStarts: sql`(SELECT * FROM score_starts FINAL WHERE project = ${project})`,
    metrics: sql`(SELECT * FROM metrics FINAL WHERE project = ${project})`,
    bounds: async (table, limits) => {
      const found = await engine.query<{ first: string; last: string; n: string }>(
        `SELECT toUnixTimestamp64Nano(min(start)) AS first, toUnixTimestamp64Nano(max(start)) AS last, count() AS n
         FROM ${table} GROUP BY _partition_id`,
        {},
        limits,
      );
      const partitions = found.map((row) => ({
        firstNs: BigInt(row.first),
        lastNs: BigInt(row.last),
        rows: Number(row.n),
      }));
      return partitions.length === 0 ? undefined : { ...partitions.reduce(union), partitions };
    },
    query: (query, limits) => engine.query(...compile(query), limits),
    queryJson: (query, limits) => engine.queryJson(...compile(query), limits),
    writeParquet: (path, query, limits) => engine.writeParquet(path, ...compile(query), limits),
    deleteRows: async (table, where) => {
      const rows = sql`project = ${project} AND (${where})`;
      const name = unsafeRawSql(table);
      // A deletion clones every part of the table, also if it has none of the rows.
      const found = await engine.query(...compile(sql`SELECT 1 FROM ${name} WHERE ${rows} LIMIT 1`));
      if (found.length > 0) await engine.write(...compile(sql`DELETE FROM ${name} WHERE ${rows}`));
    },
  };
}

function union(a: RowRange, b: RowRange): RowRange {
  return {
    firstNs: earlier(a.firstNs, b.firstNs),
    lastNs: later(a.lastNs, b.lastNs),
    rows: a.rows + b.rows,
  };
}

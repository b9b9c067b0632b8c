/**
 * What the server needs of ClickHouse. Two implementations: the embedded one (chDB) and a ClickHouse server.
 */

/** Values are bound as `{name:Type}` parameters, never spliced into the text. */
export type QueryParameters = Readonly<
  Record<string, string | number | bigint | boolean | readonly string[]>
>;

export interface QueryLimits {
  /** Default 10. */
  readonly maxSeconds?: number;
  /** Default 2 GiB. */
  readonly maxMemoryBytes?: number;
  /** Rows in the answer; more is an error. Default 100,000. */
  readonly maxResultRows?: number;
  readonly signal?: AbortSignal;
}

/** RowBinary on the disk of this process. */
export interface RowFile {
  readonly path: string;
  /** `name Type, …` of its rows. */
  readonly structure: string;
}

/** A sealed journal segment of one table. */
export interface LoadFile extends RowFile {
  readonly table: string;
  readonly rows: number;
  /** Replaying a load with the same token inserts nothing. */
  readonly token: string;
  /** Loads only the rows of these partitions. Default: all, which may not be more than {@link MAX_PARTITIONS}. */
  readonly only?: PartitionGroup;
}

/** Some partitions of the rows of one file. */
export interface PartitionGroup {
  /** The expression by which the table is partitioned. */
  readonly key: string;
  /** Values of the expression as texts. */
  readonly partitions: readonly string[];
  /** How many rows of the file are in them. */
  readonly rows: number;
}

/** Partitions that one load may touch: each costs a part on the disk, and others wait for the load. */
export const MAX_PARTITIONS = 16;

export interface Engine {
  /** Rows as ClickHouse's JSONEachRow gives them, 64-bit integers as strings. Throws `QueryError`. */
  query<Row>(sql: string, parameters?: QueryParameters, limits?: QueryLimits): Promise<Row[]>;
  /** The same answer as the UTF-8 text of one JSON array, for what is only passed on. Throws `QueryError`. */
  queryJson(sql: string, parameters?: QueryParameters, limits?: QueryLimits): Promise<Uint8Array>;
  /** Rows of a query that may read the file as the table `segment`. */
  queryFile<Row>(
    file: RowFile,
    sql: string,
    parameters?: QueryParameters,
    limits?: QueryLimits,
  ): Promise<Row[]>;
  /** DDL and the like. */
  command(sql: string): Promise<void>;
  /** `INSERT … SELECT` with bound values. Resolves once the rows are readable. Throws `QueryError`. */
  write(sql: string, parameters?: QueryParameters): Promise<void>;
  /** How many requests at once, each with a few statements, keep the store busy without waiting for one another. */
  readonly parallelReads: number;
  /** How many loads at once are faster than one after the other. */
  readonly parallelLoads: number;
  /**
   * Resolves once the rows are readable and survive a crash. Rejects with `too-many-partitions` if the rows have to be
   * loaded in groups, and with `aborted` once the load has ended after the signal; both can be repeated.
   */
  load(file: LoadFile, signal?: AbortSignal): Promise<void>;
  close(): Promise<void>;
}

/**
 * The interface between the server and ClickHouse. It has two implementations: the embedded store (chDB) and a ClickHouse
 * server.
 */

/** Values are bound as `{name:Type}` parameters, never spliced into the text. */
export type QueryParameters = Readonly<
  Record<string, string | number | bigint | boolean | readonly string[]>
>;

export interface QueryLimits {
  /** Default: 10. */
  readonly maxSeconds?: number;
  /** Default: 2 GiB. */
  readonly maxMemoryBytes?: number;
  /** Maximum number of rows in the result; more rows are an error. Default: 100,000. */
  readonly maxResultRows?: number;
  readonly signal?: AbortSignal;
}

/** A file with rows in RowBinary on the disk of this process. */
export interface RowFile {
  readonly path: string;
  /**
   * Size of its rows. A server that is sent the file reads no further: a process that lost the folder while it was
   * suspended can append rows when it resumes.
   */
  readonly bytes: number;
  /** Columns of its rows: `name Type, …`. */
  readonly structure: string;
}

/** A sealed journal segment of one table. */
export interface LoadFile extends RowFile {
  readonly table: string;
  readonly rows: number;
  /** Identifies the load: a second load with the same token inserts nothing. */
  readonly token: string;
  /** Loads only the rows of these partitions. Default: all partitions, at most {@link MAX_PARTITIONS}. */
  readonly only?: PartitionGroup;
}

/** Some partitions of the rows of one file. */
export interface PartitionGroup {
  /** The partition expression of the table. */
  readonly key: string;
  /** Values of the expression as text. */
  readonly partitions: readonly string[];
  /** Number of rows of the file in these partitions. */
  readonly rows: number;
}

/** Maximum number of partitions in one load. Each one becomes a part on disk, and other loads have to wait. */
export const MAX_PARTITIONS = 16;

export interface Engine {
  /** Returns rows as in ClickHouse's JSONEachRow, with 64-bit integers as strings. Throws `QueryError`. */
  query<Row>(sql: string, parameters?: QueryParameters, limits?: QueryLimits): Promise<Row[]>;
  /** Returns the same rows as UTF-8 text of one JSON array, for results that are only passed on. Throws `QueryError`. */
  queryJson(sql: string, parameters?: QueryParameters, limits?: QueryLimits): Promise<Uint8Array>;
  /** Returns the rows of a query that can read the file as the table `segment`. */
  queryFile<Row>(
    file: RowFile,
    sql: string,
    parameters?: QueryParameters,
    limits?: QueryLimits,
  ): Promise<Row[]>;
  /**
   * Like `query`, in a session in which an unqualified table name never means a table of Throughline. Statements that people
   * write run here.
   */
  queryIsolated<Row>(sql: string, parameters?: QueryParameters, limits?: QueryLimits): Promise<Row[]>;
  /** Writes the rows of a query to a new Parquet file on the disk of this process. */
  writeParquet(path: string, sql: string, parameters?: QueryParameters, limits?: QueryLimits): Promise<void>;
  /** Runs DDL and other statements without a result. */
  command(sql: string): Promise<void>;
  /** Runs `INSERT … SELECT` with bound values. Resolves once the rows are readable. Throws `QueryError`. */
  write(sql: string, parameters?: QueryParameters): Promise<void>;
  /** Number of requests, with a few statements each, that use the store fully without waiting for one another. */
  readonly parallelReads: number;
  /** Number of loads that are faster in parallel than one after the other. */
  readonly parallelLoads: number;
  /**
   * Resolves once the rows are readable and survive a crash. Rejects with `too-many-partitions` if the rows have to be
   * loaded in groups, and with `aborted` once the load has ended after the signal. Both can be repeated.
   */
  load(file: LoadFile, signal?: AbortSignal): Promise<void>;
  close(): Promise<void>;
}

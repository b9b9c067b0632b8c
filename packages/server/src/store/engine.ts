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

/** A sealed journal segment of one table: RowBinary on disk, in the column order of `columns`. */
export interface LoadFile {
  readonly table: string;
  readonly path: string;
  readonly rows: number;
  /** `name Type, …` of the rows in the file. */
  readonly structure: string;
  /** Replaying a load with the same token inserts nothing. */
  readonly token: string;
}

export interface Engine {
  /** Rows as ClickHouse's JSONEachRow gives them, 64-bit integers as strings. Throws `QueryError`. */
  query<Row>(sql: string, parameters?: QueryParameters, limits?: QueryLimits): Promise<Row[]>;
  /** The same answer as the UTF-8 text of one JSON array, for what is only passed on. Throws `QueryError`. */
  queryJson(sql: string, parameters?: QueryParameters, limits?: QueryLimits): Promise<Uint8Array>;
  /** DDL and the like. */
  command(sql: string): Promise<void>;
  /** Resolves once the rows are readable and survive a crash. */
  load(file: LoadFile): Promise<void>;
  close(): Promise<void>;
}

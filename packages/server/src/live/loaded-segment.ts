/** Rows that have just been loaded and are still in their files. A sealed segment of the journal has this shape. */
export interface LoadedSegment {
  readonly tables: readonly LoadedTable[];
}

export interface LoadedTable {
  readonly name: string;
  readonly path: string;
  /** Size of the rows in the file. */
  readonly bytes: number;
  readonly rows: number;
  readonly structure: string;
}

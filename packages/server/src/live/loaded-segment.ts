/** Rows that have just been loaded and are still in their files. A sealed segment of the journal has this shape. */
export interface LoadedSegment {
  readonly tables: readonly LoadedTable[];
}

export interface LoadedTable {
  readonly name: string;
  readonly path: string;
  readonly rows: number;
  readonly structure: string;
}

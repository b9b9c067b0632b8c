import { readFile } from 'node:fs/promises';
import { setImmediate } from 'node:timers/promises';
import {
  columnsOfStructure,
  RowBinaryReader,
  type SkipValue,
  skipValue,
} from '../tables/row-binary/row-binary-reader.ts';
import { type ChangedTrace, earlier, later } from './settle-traces.ts';

/** A file of the journal with rows of `spans`. */
export interface SpansFile {
  readonly path: string;
  /** Columns of its rows: `name Type, …`. */
  readonly structure: string;
  readonly rows: number;
}

export interface ArrivedTrace extends ChangedTrace {
  /** Receipt of its newest span. */
  readonly version: bigint;
}

/** After this many rows, other work of the main thread gets its turn. */
const ROWS_AT_ONCE = 5_000;

type Mutable<T> = { -readonly [K in keyof T]: T[K] };

/**
 * Returns the traces that have spans in these files. Reading the few values here takes a tenth of the processor time of a
 * query, which parses every column.
 */
export async function arrivedTraces(files: readonly SpansFile[]): Promise<ArrivedTrace[]> {
  const traces = new Map<string, Mutable<ArrivedTrace>>();
  for (const file of files) await addTraces(file, traces);
  return [...traces.values()];
}

interface Row {
  project: string;
  traceId: string;
  start: bigint;
  version: bigint;
}

async function addTraces(
  { path, structure, rows }: SpansFile,
  traces: Map<string, Mutable<ArrivedTrace>>,
): Promise<void> {
  const reader = new RowBinaryReader(await readFile(path));
  const row: Row = { project: '', traceId: '', start: 0n, version: 0n };
  const reads = columnsOfStructure(structure).map(({ name, type }) => readerOf(name, row) ?? skipValue(type));
  for (let number = 1; number <= rows; number++) {
    for (const read of reads) read(reader);
    addRow(traces, row);
    if (number % ROWS_AT_ONCE === 0) await setImmediate();
  }
}

function readerOf(name: string, row: Row): SkipValue | undefined {
  switch (name) {
    case 'project':
      return (reader) => {
        row.project = reader.string();
      };
    case 'trace_id':
      return (reader) => {
        row.traceId = reader.string();
      };
    case 'start':
      return (reader) => {
        row.start = reader.uint64();
      };
    case 'version':
      return (reader) => {
        row.version = reader.uint64();
      };
    default:
      return undefined;
  }
}

function addRow(traces: Map<string, Mutable<ArrivedTrace>>, { project, traceId, start, version }: Row): void {
  const key = `${project}\n${traceId}`;
  const known = traces.get(key);
  if (known === undefined) {
    traces.set(key, { project, traceId, firstNs: start, lastNs: start, version });
    return;
  }
  known.firstNs = earlier(known.firstNs, start);
  known.lastNs = later(known.lastNs, start);
  known.version = later(known.version, version);
}

import { columnsOf, structureOf } from './row-binary/columns.ts';

/** The time at which a score first arrived. Of several rows of an id, the earliest is kept. */
export interface ScoreStartRow {
  readonly project: string;
  readonly id: string;
  /** Nanoseconds since 1970. */
  readonly createdUnixNano: bigint;
  /** Time of receipt in nanoseconds since 1970. */
  readonly version: bigint;
}

const MAX_UINT64 = 2n ** 64n - 1n;
const { text, label, uint64, time } = columnsOf<ScoreStartRow>();

/** The columns of `score_starts` in the order of the schema. */
export const SCORE_START_COLUMNS = [
  label('project', (row) => row.project),
  text('id', (row) => row.id),
  time('created', (row) => row.createdUnixNano),
  uint64('precedence', (row) => MAX_UINT64 - row.version),
];

export const SCORE_START_STRUCTURE = structureOf(SCORE_START_COLUMNS);

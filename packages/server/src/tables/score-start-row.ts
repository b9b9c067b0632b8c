import { columnsOf, structureOf } from './row-binary/columns.ts';

/** When a score first arrived. Of several rows of one id the earliest wins. */
export interface ScoreStartRow {
  readonly project: string;
  readonly id: string;
  /** Nanoseconds since 1970. */
  readonly createdUnixNano: bigint;
  /** Nanoseconds of receipt. */
  readonly version: bigint;
}

const MAX_UINT64 = 2n ** 64n - 1n;
const { text, label, uint64, time } = columnsOf<ScoreStartRow>();

/** The columns of `score_starts` in the order of its schema. */
export const SCORE_START_COLUMNS = [
  label('project', (row) => row.project),
  text('id', (row) => row.id),
  time('created', (row) => row.createdUnixNano),
  uint64('precedence', (row) => MAX_UINT64 - row.version),
];

export const SCORE_START_STRUCTURE = structureOf(SCORE_START_COLUMNS);

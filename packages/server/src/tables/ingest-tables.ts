import { crc32 } from 'node:zlib';
import type { JournalTable } from '../journal/commit-record.ts';
import type { Batch, TableBatch } from '../journal/segment.ts';
import { LOG_STRUCTURE } from './log-row.ts';
import { METRIC_STRUCTURE } from './metric-row.ts';
import { PAYLOAD_STRUCTURE } from './payload-row.ts';
import type { RowBinaryWriter } from './row-binary/row-binary-writer.ts';
import { SCORE_STRUCTURE } from './score-row.ts';
import { SCORE_START_STRUCTURE } from './score-start-row.ts';
import { SPAN_STRUCTURE } from './span-row.ts';

/**
 * The tables of the journal, in the order of loading. Content and scores come first, so that they are readable before
 * their span is.
 */
export const INGEST_TABLES = [
  { name: 'payloads', structure: PAYLOAD_STRUCTURE },
  { name: 'logs', structure: LOG_STRUCTURE },
  { name: 'score_starts', structure: SCORE_START_STRUCTURE },
  { name: 'scores', structure: SCORE_STRUCTURE },
  { name: 'spans', structure: SPAN_STRUCTURE },
  { name: 'metrics', structure: METRIC_STRUCTURE },
] as const satisfies readonly JournalTable[];

export type IngestTable = (typeof INGEST_TABLES)[number]['name'];

/** The rows that were written for one table. */
export interface WrittenRows {
  readonly writer: RowBinaryWriter;
  readonly rows: number;
}

/** Creates a batch of the journal. Tables that are not given have no rows. */
export function batchOf(written: Partial<Readonly<Record<IngestTable, WrittenRows>>>): Batch {
  return INGEST_TABLES.map(({ name }) => tableBatch(written[name]));
}

function tableBatch(written: WrittenRows | undefined): TableBatch {
  if (written === undefined || written.rows === 0) return { bytes: new Uint8Array(), rows: 0, crc32: 0 };
  const bytes = written.writer.toBytes();
  return { bytes, rows: written.rows, crc32: crc32(bytes) };
}

import {
  type CommitRecord,
  decodeHeader,
  decodeRecord,
  indexOfRecord,
  type JournalTable,
  recordBytes,
} from './commit-record.ts';

/** The content of the commits file of a segment. */
export interface CommitLog {
  readonly tables: readonly JournalTable[];
  /** In the order of the file. The same record can occur more than once. */
  readonly records: readonly CommitRecord[];
  /** True if the file contains bytes that are not records and not the result of an interrupted write. */
  readonly damaged: boolean;
}

/** Returns undefined if the header is incomplete, because only the header describes the tables. */
export function readCommitLog(bytes: Buffer): CommitLog | undefined {
  const header = decodeHeader(bytes);
  if (!header) return undefined;
  const size = recordBytes(header.tables.length);
  const records: CommitRecord[] = [];
  let damaged = false;
  let end = header.size;
  for (let at = end; at !== -1 && at + size <= bytes.length; ) {
    const record = decodeRecord(bytes.subarray(at, at + size));
    if (!record) {
      at = indexOfRecord(bytes, at + 1);
      continue;
    }
    records.push(record);
    damaged ||= at !== end;
    end = at + size;
    at = end;
  }
  return { tables: header.tables, records, damaged: damaged || !isCutShort(bytes.subarray(end), size) };
}

/** True for an incomplete record, or for zeros, which a file can end with if it was extended before its data was written. */
function isCutShort(rest: Buffer, recordSize: number): boolean {
  return rest.length < recordSize || rest.every((byte) => byte === 0);
}

import {
  type CommitRecord,
  decodeHeader,
  decodeRecord,
  indexOfRecord,
  type JournalTable,
  recordBytes,
} from './commit-record.ts';

/** What the commits file of a segment holds. */
export interface CommitLog {
  readonly tables: readonly JournalTable[];
  /** In the order of the file, possibly more than once. */
  readonly records: readonly CommitRecord[];
  /** There are bytes between or behind the records that a write that was cut short does not explain. */
  readonly damaged: boolean;
}

/** Returns undefined if the header is not whole: nothing else describes the tables. */
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

/** Less than one record was written, or the file was lengthened before its bytes arrived and holds zeros. */
function isCutShort(rest: Buffer, recordSize: number): boolean {
  return rest.length < recordSize || rest.every((byte) => byte === 0);
}

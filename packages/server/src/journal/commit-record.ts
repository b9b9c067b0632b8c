/**
 * The `.commits` file of a segment lists the committed ranges of its table files.
 *
 *     header   magic u32 · length u32 · crc32 u32 · JSON { tables: [{ name, structure }] }
 *     record   magic u32 · for each table (offset u64 · bytes u64 · rows u32 · crc32 u32) · crc32 u32 of the record
 *
 * Numbers are little-endian. The records after a damaged one are found by their magic number and checksum.
 */
import { crc32 } from 'node:zlib';

/** A table of the journal with its columns. Stored in every segment, so that newer versions can read it. */
export interface JournalTable {
  readonly name: string;
  /** Columns of the rows: `name Type, …`. */
  readonly structure: string;
}

/** Position of the rows of one request in the file of one table. */
export interface CommittedRange {
  readonly offset: number;
  readonly bytes: number;
  readonly rows: number;
  readonly crc32: number;
}

/** One range for each table, in the order of the header. */
export type CommitRecord = readonly CommittedRange[];

const HEADER_MAGIC = 0x314a_4c54; // "TLJ1"
const RECORD_MAGIC = 0x314d_4d43; // "CMM1"
const RECORD_MAGIC_BYTES = Buffer.from('CMM1');
const HEADER_FIXED = 12;
const RANGE_BYTES = 24;

export function recordBytes(tables: number): number {
  return 4 + tables * RANGE_BYTES + 4;
}

export function encodeHeader(tables: readonly JournalTable[]): Buffer {
  const json = Buffer.from(
    JSON.stringify({ tables: tables.map(({ name, structure }) => ({ name, structure })) }),
  );
  const header = Buffer.alloc(HEADER_FIXED + json.length);
  header.writeUInt32LE(HEADER_MAGIC, 0);
  header.writeUInt32LE(json.length, 4);
  header.writeUInt32LE(crc32(json), 8);
  json.copy(header, HEADER_FIXED);
  return header;
}

/** Returns undefined if the bytes do not start with a complete and undamaged header. */
export function decodeHeader(
  bytes: Buffer,
): { readonly tables: readonly JournalTable[]; readonly size: number } | undefined {
  if (bytes.length < HEADER_FIXED || bytes.readUInt32LE(0) !== HEADER_MAGIC) return undefined;
  const size = HEADER_FIXED + bytes.readUInt32LE(4);
  const json = bytes.subarray(HEADER_FIXED, size);
  // The checksum of no bytes is 0, so a header of zeros would be valid without this check.
  if (json.length === 0 || bytes.length < size || crc32(json) !== bytes.readUInt32LE(8)) return undefined;
  const { tables } = JSON.parse(json.toString()) as { tables: JournalTable[] };
  return { tables, size };
}

export function encodeRecord(record: CommitRecord): Buffer {
  const bytes = Buffer.alloc(recordBytes(record.length));
  bytes.writeUInt32LE(RECORD_MAGIC, 0);
  record.forEach((range, index) => {
    const at = 4 + index * RANGE_BYTES;
    bytes.writeBigUInt64LE(BigInt(range.offset), at);
    bytes.writeBigUInt64LE(BigInt(range.bytes), at + 8);
    bytes.writeUInt32LE(range.rows, at + 16);
    bytes.writeUInt32LE(range.crc32, at + 20);
  });
  bytes.writeUInt32LE(crc32(bytes.subarray(0, -4)), bytes.length - 4);
  return bytes;
}

/** Returns the offset of the next possible record, or -1. */
export function indexOfRecord(bytes: Buffer, from: number): number {
  return bytes.indexOf(RECORD_MAGIC_BYTES, from);
}

/** Returns undefined for a damaged record. `bytes` has to be the length of one record. */
export function decodeRecord(bytes: Buffer): CommitRecord | undefined {
  const end = bytes.length - 4;
  if (bytes.readUInt32LE(0) !== RECORD_MAGIC || crc32(bytes.subarray(0, end)) !== bytes.readUInt32LE(end))
    return undefined;
  const record: CommittedRange[] = [];
  for (let at = 4; at < end; at += RANGE_BYTES) {
    record.push({
      offset: Number(bytes.readBigUInt64LE(at)),
      bytes: Number(bytes.readBigUInt64LE(at + 8)),
      rows: bytes.readUInt32LE(at + 16),
      crc32: bytes.readUInt32LE(at + 20),
    });
  }
  return record;
}

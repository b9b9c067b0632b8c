import {
  type FileHandle,
  mkdir,
  open,
  readdir,
  readFile,
  rename,
  rm,
  stat,
  truncate,
  writeFile,
} from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { crc32 } from 'node:zlib';
import {
  type CommitRecord,
  decodeHeader,
  decodeRecord,
  type JournalTable,
  recordBytes,
} from './commit-record.ts';
import {
  type Batch,
  COMMITS,
  commitsPath,
  OpenSegment,
  ROWS,
  removeSegment,
  type SealedSegment,
  syncFolder,
  type TableBatch,
  tablePath,
} from './segment.ts';

export interface Recovery {
  /** Oldest first, whole and ready to be loaded. */
  readonly segments: readonly SealedSegment[];
  /** Rows that were written but never acknowledged. */
  readonly truncatedBytes: number;
  /** Acknowledged bytes that came back damaged; kept in `quarantine/` for a person to look at. */
  readonly quarantinedBytes: number;
}

const QUARANTINE = 'quarantine';
const EMPTY: TableBatch = { bytes: new Uint8Array(), rows: 0, crc32: 0 };

type Warn = (message: string, error: unknown) => void;

/**
 * Reads what the last run left. Bytes behind the last commit are cut off. Every committed range is checked against
 * its checksum: a segment with damaged ranges is written anew without them.
 */
export async function recoverSegments(folder: string, warn: Warn): Promise<Recovery> {
  const files = await readdir(folder);
  const names = files.filter((file) => file.endsWith(COMMITS)).map((file) => file.slice(0, -COMMITS.length));
  const segments: SealedSegment[] = [];
  let truncatedBytes = 0;
  let quarantinedBytes = 0;
  for (const name of names.sort()) {
    const found = await recoverSegment(folder, name, warn);
    truncatedBytes += found.truncatedBytes;
    quarantinedBytes += found.quarantinedBytes;
    if (found.segment) segments.push(found.segment);
  }
  // Removal begins with the commits file, so rows without one are already in the store.
  for (const file of files.filter((each) => each.endsWith(ROWS)))
    if (!names.some((name) => file.startsWith(`${name}.`))) await rm(join(folder, file), { force: true });
  return { segments, truncatedBytes, quarantinedBytes };
}

interface RecoveredSegment {
  readonly segment: SealedSegment | undefined;
  readonly truncatedBytes: number;
  readonly quarantinedBytes: number;
}

async function recoverSegment(folder: string, name: string, warn: Warn): Promise<RecoveredSegment> {
  const commits = await readFile(commitsPath(folder, name)).catch((error: unknown) => {
    if (isUnreadable(error)) return Buffer.alloc(0);
    throw error;
  });
  const header = decodeHeader(commits);
  if (!header) return quarantineSegment(folder, name, commits, warn);
  const { tables } = header;
  const { records, damaged } = readRecords(commits.subarray(header.size), tables.length);
  const paths = tables.map((table) => tablePath(folder, name, table.name));
  const sizes = await Promise.all(paths.map(fileSize));
  const ends = tables.map((_, index) => Math.max(0, ...records.map((record) => endOf(record, index))));
  const bad = damaged ? 'a damaged commit record' : await findDamage(paths, records);
  if (bad !== undefined) {
    warn(`The journal segment ${name} is damaged (${bad}). Its whole rows are kept.`, undefined);
    return salvageSegment(folder, name, tables, records, sizes);
  }
  let truncatedBytes = 0;
  for (const [index, path] of paths.entries()) {
    const excess = (sizes[index] as number) - (ends[index] as number);
    if (excess <= 0) continue;
    truncatedBytes += excess;
    await truncate(path, ends[index]);
  }
  const segment: SealedSegment = {
    name,
    folder,
    sizeBytes: commits.length + ends.reduce((sum, end) => sum + end, 0),
    tables: tables.map((table, index) => ({
      ...table,
      path: paths[index] as string,
      bytes: ends[index] as number,
      rows: records.reduce((sum, record) => sum + (record[index]?.rows ?? 0), 0),
    })),
  };
  if (records.length > 0) return { segment, truncatedBytes, quarantinedBytes: 0 };
  await removeSegment(segment);
  return { segment: undefined, truncatedBytes, quarantinedBytes: 0 };
}

/** `damaged`: a record of full length is broken and more than a tail that was never written. */
function readRecords(bytes: Buffer, tables: number): { records: CommitRecord[]; damaged: boolean } {
  const size = recordBytes(tables);
  const records: CommitRecord[] = [];
  let damaged = false;
  for (let at = 0; at + size <= bytes.length; at += size) {
    const slice = bytes.subarray(at, at + size);
    const record = decodeRecord(slice);
    if (record) records.push(record);
    // File systems may lengthen a file before its bytes arrive: zeros are a write that did not happen.
    else if (slice.some((byte) => byte !== 0)) damaged = true;
  }
  return { records, damaged };
}

const endOf = (record: CommitRecord, index: number): number => {
  const range = record[index];
  return range ? range.offset + range.bytes : 0;
};

/** The first range that does not match its checksum, in words. */
async function findDamage(
  paths: readonly string[],
  records: readonly CommitRecord[],
): Promise<string | undefined> {
  if (records.length === 0) return undefined;
  for (const [index, path] of paths.entries()) {
    const file = await open(path, 'r').catch(() => undefined);
    if (!file) return `${path} is missing`;
    try {
      for (const record of records) {
        const range = record[index];
        if (range && !(await readRange(file, range.offset, range.bytes, range.crc32)))
          return `bytes ${range.offset} to ${range.offset + range.bytes} of ${path}`;
      }
    } finally {
      await file.close();
    }
  }
  return undefined;
}

/** Undefined where the file ends early, the checksum differs, or the disk cannot read it. */
async function readRange(
  file: FileHandle,
  offset: number,
  length: number,
  checksum: number,
): Promise<Uint8Array | undefined> {
  const { size } = await file.stat();
  if (offset + length > size) return undefined;
  const bytes = new Uint8Array(length);
  try {
    const { bytesRead } = await file.read(bytes, 0, length, offset);
    return bytesRead === length && crc32(bytes) === checksum ? bytes : undefined;
  } catch (error) {
    if (isUnreadable(error)) return undefined;
    throw error;
  }
}

/** A sector that the disk has lost. */
const isUnreadable = (error: unknown): boolean =>
  error instanceof Error && 'code' in error && error.code === 'EIO';

/** Writes the whole ranges into a new segment, copies all else to quarantine, and removes the old one. */
async function salvageSegment(
  folder: string,
  name: string,
  tables: readonly JournalTable[],
  records: readonly CommitRecord[],
  sizes: readonly number[],
): Promise<RecoveredSegment> {
  const paths = tables.map((table) => tablePath(folder, name, table.name));
  const files = await Promise.all(paths.map((path) => open(path, 'r').catch(() => undefined)));
  const fresh = await OpenSegment.create(folder, tables, Date.now());
  const covered: [number, number][][] = tables.map(() => []);
  for (const record of records) {
    const batch: TableBatch[] = [];
    for (const [index, file] of files.entries()) {
      const range = record[index];
      const bytes = file && range ? await readRange(file, range.offset, range.bytes, range.crc32) : undefined;
      if (range && bytes) covered[index]?.push([range.offset, range.offset + range.bytes]);
      batch.push(range && bytes ? { bytes, rows: range.rows, crc32: range.crc32 } : EMPTY);
    }
    await fresh.commit([batch satisfies Batch]);
  }
  const empty = fresh.isEmpty;
  const segment = await fresh.seal();
  let quarantinedBytes = 0;
  await mkdir(join(folder, QUARANTINE), { recursive: true });
  for (const [index, path] of paths.entries()) {
    const gaps = gapsOf(covered[index] ?? [], sizes[index] as number);
    await quarantineGaps(files[index], path, gaps);
    quarantinedBytes += gaps.reduce((sum, [from, to]) => sum + to - from, 0);
  }
  await Promise.all(files.map((file) => file?.close()));
  await syncFolder(join(folder, QUARANTINE));
  await removeSegment({
    name,
    folder,
    sizeBytes: 0,
    tables: segment.tables.map((table, index) => ({ ...table, path: paths[index] as string })),
  });
  if (empty) await removeSegment(segment);
  return { segment: empty ? undefined : segment, truncatedBytes: 0, quarantinedBytes };
}

/** Copies what is not covered. A file that the disk cannot read goes as it is. */
async function quarantineGaps(
  file: FileHandle | undefined,
  path: string,
  gaps: readonly [number, number][],
): Promise<void> {
  const quarantine = join(dirname(path), QUARANTINE);
  const name = basename(path, ROWS);
  try {
    for (const [from, to] of gaps) {
      const bytes = new Uint8Array(to - from);
      await file?.read(bytes, 0, bytes.length, from);
      await writeFile(join(quarantine, `${name}.${from}${ROWS}`), bytes, { flush: true });
    }
  } catch (error) {
    if (!isUnreadable(error)) throw error;
    await rename(path, join(quarantine, basename(path)));
  }
}

/** What `[0, size)` holds beside the covered ranges. */
function gapsOf(covered: readonly [number, number][], size: number): [number, number][] {
  const gaps: [number, number][] = [];
  let at = 0;
  for (const [from, to] of covered) {
    if (from > at) gaps.push([at, from]);
    at = Math.max(at, to);
  }
  if (size > at) gaps.push([at, size]);
  return gaps;
}

/** Without a header nothing says how the rows are laid out. An empty one is a segment that was never begun. */
async function quarantineSegment(
  folder: string,
  name: string,
  commits: Buffer,
  warn: Warn,
): Promise<RecoveredSegment> {
  const files = (await readdir(folder)).filter((file) => file.startsWith(`${name}.`));
  const sizes = await Promise.all(
    files.filter((file) => file.endsWith(ROWS)).map((file) => fileSize(join(folder, file))),
  );
  const quarantinedBytes = sizes.reduce((sum, size) => sum + size, 0);
  if (quarantinedBytes === 0) {
    for (const file of files) await rm(join(folder, file), { force: true });
    return { segment: undefined, truncatedBytes: commits.length, quarantinedBytes: 0 };
  }
  warn(`The journal segment ${name} has no readable header and is put into quarantine.`, undefined);
  await mkdir(join(folder, QUARANTINE), { recursive: true });
  for (const file of files) await rename(join(folder, file), join(folder, QUARANTINE, file));
  return { segment: undefined, truncatedBytes: 0, quarantinedBytes };
}

async function fileSize(path: string): Promise<number> {
  return stat(path).then(
    ({ size }) => size,
    () => 0,
  );
}

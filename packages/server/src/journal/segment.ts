import { randomBytes } from 'node:crypto';
import { type FileHandle, open, rm, truncate } from 'node:fs/promises';
import { join } from 'node:path';
import { encodeHeader, encodeRecord, type JournalTable } from './commit-record.ts';

/** The rows of one request in one table. */
export interface TableBatch {
  readonly bytes: Uint8Array;
  readonly rows: number;
  readonly crc32: number;
}

/** The rows of one request: one entry for each table of the journal, in its order. */
export type Batch = readonly TableBatch[];

/** A segment that nothing is added to any more. */
export interface SealedSegment {
  readonly name: string;
  readonly folder: string;
  readonly tables: readonly SealedTable[];
  /** Of all files together. */
  readonly sizeBytes: number;
}

export interface SealedTable extends JournalTable {
  readonly path: string;
  /** What counts; a longer file is to be cut to it before it is read. */
  readonly bytes: number;
  readonly rows: number;
}

export const COMMITS = '.commits';
export const ROWS = '.rb';

export function tablePath(folder: string, segment: string, table: string): string {
  return join(folder, `${segment}.${table}${ROWS}`);
}

export function commitsPath(folder: string, segment: string): string {
  return join(folder, `${segment}${COMMITS}`);
}

/**
 * A name that sorts by age and never comes twice, not even after the folder was emptied: the store remembers the
 * names of what it has loaded, and would drop another segment of the same name as a replay.
 */
function newSegmentName(nowMs: number): string {
  return `${String(nowMs).padStart(15, '0')}-${randomBytes(6).toString('hex')}`;
}

/** When the segment was begun, ms since 1970: a segment is begun for its first rows. */
export function segmentTimeMs(name: string): number {
  return Number.parseInt(name, 10);
}

interface OpenTable extends JournalTable {
  readonly file: FileHandle;
  bytes: number;
  rows: number;
}

/** The segment that is being written. One operation at a time; after a failed one it takes no more. */
export class OpenSegment {
  readonly name: string;
  readonly #folder: string;
  readonly #tables: readonly OpenTable[];
  readonly #commits: FileHandle;
  #commitsBytes: number;

  private constructor(
    folder: string,
    name: string,
    tables: readonly OpenTable[],
    commits: FileHandle,
    commitsBytes: number,
  ) {
    this.name = name;
    this.#folder = folder;
    this.#tables = tables;
    this.#commits = commits;
    this.#commitsBytes = commitsBytes;
  }

  /** The table files come first: a commits file says that they exist. */
  static async create(folder: string, tables: readonly JournalTable[], nowMs: number): Promise<OpenSegment> {
    const name = newSegmentName(nowMs);
    const opened: { readonly path: string; readonly file: FileHandle }[] = [];
    const create = async (path: string): Promise<FileHandle> => {
      const file = await open(path, 'wx');
      opened.push({ path, file });
      return file;
    };
    try {
      const openTables: OpenTable[] = [];
      for (const table of tables)
        openTables.push({
          ...table,
          file: await create(tablePath(folder, name, table.name)),
          bytes: 0,
          rows: 0,
        });
      const commits = await create(commitsPath(folder, name));
      const header = encodeHeader(tables);
      await writeAll(commits, [header], 0);
      await commits.datasync();
      await syncFolder(folder);
      return new OpenSegment(folder, name, openTables, commits, header.length);
    } catch (error) {
      // Every request that comes while the disk is full would leave its empty files. Last made, first removed: the
      // table files of a commits file exist.
      for (const { path, file } of opened.reverse()) {
        await file.close().catch(() => {});
        await rm(path, { force: true }).catch(() => {});
      }
      throw error;
    }
  }

  get sizeBytes(): number {
    return this.#tables.reduce((sum, table) => sum + table.bytes, this.#commitsBytes);
  }

  get isEmpty(): boolean {
    return this.#tables.every((table) => table.rows === 0);
  }

  /**
   * Appends the batches and resolves once they would survive a crash: first the rows are on disk, then the records
   * that make them count. So a record always has its rows, and rows without a record were never acknowledged.
   */
  async commit(batches: readonly Batch[]): Promise<void> {
    const offsets = this.#tables.map((table) => table.bytes);
    const records = batches.map((batch) =>
      encodeRecord(
        batch.map(({ bytes, rows, crc32 }, index) => {
          const offset = offsets[index] as number;
          offsets[index] = offset + bytes.length;
          return { offset, bytes: bytes.length, rows, crc32 };
        }),
      ),
    );
    await Promise.all(
      this.#tables.map(async ({ file, bytes }, index) => {
        // Nothing to write is nothing to sync: a request for traces has no rows of other signals.
        if (offsets[index] === bytes) return;
        await writeAll(
          file,
          batches.map((batch) => (batch[index] as TableBatch).bytes),
          bytes,
        );
        await file.datasync();
      }),
    );
    const recordBytes = await writeAll(this.#commits, records, this.#commitsBytes);
    await this.#commits.datasync();
    this.#commitsBytes += recordBytes;
    this.#tables.forEach((table, index) => {
      table.bytes = offsets[index] as number;
      table.rows += batches.reduce((sum, batch) => sum + (batch[index] as TableBatch).rows, 0);
    });
  }

  async seal(): Promise<SealedSegment> {
    await Promise.allSettled([...this.#tables.map(({ file }) => file.close()), this.#commits.close()]);
    return {
      name: this.name,
      folder: this.#folder,
      sizeBytes: this.sizeBytes,
      tables: this.#tables.map(({ name, structure, bytes, rows }) => ({
        name,
        structure,
        bytes,
        rows,
        path: tablePath(this.#folder, this.name, name),
      })),
    };
  }

  /** After a failed commit: cuts off what does not count, as far as the disk still lets us, and seals the rest. */
  async abandon(): Promise<SealedSegment> {
    await Promise.allSettled([
      ...this.#tables.map(({ file, bytes }) => file.truncate(bytes)),
      this.#commits.truncate(this.#commitsBytes),
    ]);
    return this.seal();
  }
}

/** Cuts off what a failed commit left behind the rows that count. */
export async function trimSegment(segment: SealedSegment): Promise<void> {
  for (const table of segment.tables) await truncate(table.path, table.bytes);
}

/** The commits file goes first: rows without one are rows that are loaded or were never acknowledged. */
export async function removeSegment(segment: SealedSegment): Promise<void> {
  await rm(commitsPath(segment.folder, segment.name), { force: true });
  await syncFolder(segment.folder);
  for (const table of segment.tables) await rm(table.path, { force: true });
}

/** Makes created and removed names survive a crash. */
export async function syncFolder(folder: string): Promise<void> {
  const handle = await open(folder, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}

/** The number of buffers that one system call takes (IOV_MAX). */
const MAX_BUFFERS = 1024;

async function writeAll(file: FileHandle, buffers: readonly Uint8Array[], position: number): Promise<number> {
  let written = 0;
  for (let from = 0; from < buffers.length; from += MAX_BUFFERS) {
    let rest = buffers.slice(from, from + MAX_BUFFERS).filter(({ length }) => length > 0);
    while (rest.length > 0) {
      const { bytesWritten } = await file.writev(rest, position + written);
      if (bytesWritten === 0) throw new Error('the disk took no bytes');
      written += bytesWritten;
      rest = dropBytes(rest, bytesWritten);
    }
  }
  return written;
}

function dropBytes(buffers: readonly Uint8Array[], count: number): Uint8Array[] {
  let left = count;
  return buffers.flatMap((buffer) => {
    const skip = Math.min(left, buffer.length);
    left -= skip;
    return skip === buffer.length ? [] : [buffer.subarray(skip)];
  });
}

import { randomBytes } from 'node:crypto';
import { type FileHandle, open, rm, stat } from 'node:fs/promises';
import { encodeHeader, encodeRecord, type JournalTable } from './commit-record.ts';
import {
  commitsPath,
  isMissing,
  type SealedSegment,
  SegmentTakenError,
  syncFolder,
  tablePath,
} from './segment-files.ts';

/** The rows of one request in one table. */
export interface TableBatch {
  readonly bytes: Uint8Array;
  readonly rows: number;
  readonly crc32: number;
}

/** The rows of one request: an entry for each table of the journal, in the order of the tables. */
export type Batch = readonly TableBatch[];

/**
 * Creates a name that sorts by age and is unique, even after the folder was emptied: the store remembers the names of
 * loaded segments, and would ignore a different segment of the same name as a replay.
 */
export function newSegmentName(nowMs: number): string {
  return `${String(nowMs).padStart(15, '0')}-${randomBytes(6).toString('hex')}`;
}

interface OpenTable extends JournalTable {
  readonly file: FileHandle;
  /** Number of links at its creation: one, except on file systems that do not count links. */
  readonly links: number;
  bytes: number;
  rows: number;
}

export interface OpenSegmentOptions {
  readonly folder: string;
  readonly tables: readonly JournalTable[];
  readonly name: string;
  /** Default: `NAME.commits`. The next start does not find a file with a different name. */
  readonly commitsPath?: string;
}

/** The segment that is being written. It runs one operation at a time. After a failure it accepts no more rows. */
export class OpenSegment {
  readonly name: string;
  readonly #folder: string;
  readonly #commitsPath: string;
  readonly #tables: readonly OpenTable[];
  readonly #commits: FileHandle;
  readonly #inode: bigint;
  #commitsBytes: number;

  private constructor(
    { folder, name }: OpenSegmentOptions,
    path: string,
    tables: readonly OpenTable[],
    commits: FileHandle,
    inode: bigint,
    commitsBytes: number,
  ) {
    this.name = name;
    this.#folder = folder;
    this.#commitsPath = path;
    this.#tables = tables;
    this.#commits = commits;
    this.#inode = inode;
    this.#commitsBytes = commitsBytes;
  }

  /** Creates the commits file first, because table files without one do not belong to a segment. */
  static async create(options: OpenSegmentOptions): Promise<OpenSegment> {
    const { folder, tables, name } = options;
    const opened: { readonly path: string; readonly file: FileHandle }[] = [];
    const create = async (path: string): Promise<FileHandle> => {
      const file = await open(path, 'wx');
      opened.push({ path, file });
      return file;
    };
    try {
      const path = options.commitsPath ?? commitsPath(folder, name);
      const commits = await create(path);
      const openTables: OpenTable[] = [];
      for (const table of tables) {
        const file = await create(tablePath(folder, name, table.name));
        const { nlink } = await file.stat();
        openTables.push({ ...table, file, links: nlink, bytes: 0, rows: 0 });
      }
      const header = encodeHeader(tables);
      await writeAll(commits, [header], 0);
      await commits.datasync();
      await syncFolder(folder);
      const { ino } = await commits.stat({ bigint: true });
      return new OpenSegment(options, path, openTables, commits, ino, header.length);
    } catch (error) {
      // Otherwise every request on a full disk would leave empty files.
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
   * Appends the batches and resolves once they would survive a crash. The rows are synced before the records that commit
   * them, so a record always has its rows, and rows without a record were never acknowledged.
   *
   * A process that takes over the segment renames the commits file before it reads it. So if the name is still there after
   * everything is on disk, the process that takes over the segment later finds these rows.
   *
   * @throws SegmentTakenError
   */
  async commit(batches: readonly Batch[]): Promise<void> {
    await this.#checkOwned();
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
        // Files without new rows need no sync: a request for traces has no rows of other signals.
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
    await this.#checkOwned();
    this.#commitsBytes += recordBytes;
    this.#tables.forEach((table, index) => {
      table.bytes = offsets[index] as number;
      table.rows += batches.reduce((sum, batch) => sum + (batch[index] as TableBatch).rows, 0);
    });
  }

  async seal(): Promise<SealedSegment> {
    await this.close();
    return {
      name: this.name,
      folder: this.#folder,
      commitsPath: this.#commitsPath,
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

  /**
   * Ends a segment after a failed commit: cuts off uncommitted bytes, as far as the disk allows, and seals the rest.
   *
   * @throws SegmentTakenError
   */
  async abandon(): Promise<SealedSegment> {
    await this.#checkOwned().catch((error: unknown) => {
      if (error instanceof SegmentTakenError) throw error;
    });
    await Promise.allSettled([
      ...this.#tables.map(({ file, bytes }) => file.truncate(bytes)),
      this.#commits.truncate(this.#commitsBytes),
    ]);
    return this.seal();
  }

  /** Closes the files without changing them. */
  async close(): Promise<void> {
    await Promise.allSettled([...this.#tables.map(({ file }) => file.close()), this.#commits.close()]);
  }

  async #checkOwned(): Promise<void> {
    const named = await stat(this.#commitsPath, { bigint: true }).catch((error: unknown) => {
      if (isMissing(error)) return undefined;
      throw error;
    });
    const links = await Promise.all(this.#tables.map(async ({ file }) => (await file.stat()).nlink));
    if (
      named?.ino !== this.#inode ||
      this.#tables.some((table, index) => (links[index] as number) < table.links)
    )
      throw new SegmentTakenError(this.name);
  }
}

/** Maximum number of buffers for one system call (IOV_MAX). */
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

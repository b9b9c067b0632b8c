/**
 * The files of a segment, in the folder of the journal:
 *
 *     NAME.commits              the committed ranges of the table files
 *     NAME.TABLE.rb             the rows of one table
 *     NAME.OWNER.commits        the same as NAME.commits, claimed by a later process at its start
 *     NAME.loaded               the store has the rows; the table files are being removed
 *     NAME-salvaged.salvage     commits of a segment that is being rebuilt from a damaged one, not valid yet
 *
 * The name of the commits file decides which process owns a segment, and renaming is atomic: if two processes rename it,
 * one fails and leaves the segment alone. The commits file is created first and removed last.
 */
import { open, rename, rm, stat, truncate } from 'node:fs/promises';
import { join } from 'node:path';
import type { JournalTable } from './commit-record.ts';

/** A segment to which no more rows are added. */
export interface SealedSegment {
  readonly name: string;
  readonly folder: string;
  readonly commitsPath: string;
  readonly tables: readonly SealedTable[];
  /** Size of all files together. */
  readonly sizeBytes: number;
}

export interface SealedTable extends JournalTable {
  readonly path: string;
  /** Size of the committed rows. A longer file has to be truncated before it is read. */
  readonly bytes: number;
  readonly rows: number;
}

export const COMMITS = '.commits';
export const ROWS = '.rb';
export const LOADED = '.loaded';
export const SALVAGE = '.salvage';

/** The files of the journal now belong to another process, or were removed. */
export class SegmentTakenError extends Error {
  override readonly name = 'SegmentTakenError';

  /** `segment` is absent if all segments are affected. */
  constructor(segment?: string) {
    super(
      segment === undefined
        ? 'another process uses the folder of the journal'
        : `the journal segment ${segment} was taken or removed by another process`,
    );
  }
}

export function tablePath(folder: string, segment: string, table: string): string {
  return join(folder, `${segment}.${table}${ROWS}`);
}

export function commitsPath(folder: string, segment: string): string {
  return join(folder, `${segment}${COMMITS}`);
}

/** The name of the segment to which a file belongs. */
export function segmentOf(file: string): string {
  return file.slice(0, file.indexOf('.'));
}

/** Creation time of the segment in ms since 1970. A segment is created for its first rows. */
export function segmentTimeMs(name: string): number {
  return Number.parseInt(name, 10);
}

/**
 * Cuts off uncommitted bytes that a failed commit left at the end.
 *
 * @throws SegmentTakenError, and Error if rows are missing
 */
export async function trimSegment(segment: SealedSegment): Promise<void> {
  if (!(await exists(segment.commitsPath))) throw new SegmentTakenError(segment.name);
  for (const { path, bytes } of segment.tables) {
    const { size } = await stat(path).catch((error: unknown) => {
      throw isMissing(error) ? new SegmentTakenError(segment.name) : error;
    });
    // `truncate` would extend the file with zeros, which the store would read as rows.
    if (size < bytes) throw new Error(`${path} has ${size} bytes, ${bytes} were written`);
    if (size > bytes) await truncate(path, bytes);
  }
}

/**
 * Removes a segment whose rows are in the store or in another segment. After the first step it is never loaded again, and
 * the next start removes the rest.
 *
 * @throws SegmentTakenError
 */
export async function removeSegment({ name, folder, commitsPath, tables }: SealedSegment): Promise<void> {
  const loaded = join(folder, `${name}${LOADED}`);
  await rename(commitsPath, loaded).catch((error: unknown) => {
    throw isMissing(error) ? new SegmentTakenError(name) : error;
  });
  try {
    await syncFolder(folder);
    for (const { path } of tables) await rm(path, { force: true });
    await rm(loaded, { force: true });
  } catch {
    // Ignored: the disk fails or has become read-only, and the next start removes these files.
  }
}

/** Makes created, renamed and removed file names survive a crash. */
export async function syncFolder(folder: string): Promise<void> {
  const handle = await open(folder, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}

export function exists(path: string): Promise<boolean> {
  return stat(path).then(
    () => true,
    (error: unknown) => {
      if (isMissing(error)) return false;
      throw error;
    },
  );
}

export function isMissing(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === 'ENOENT';
}

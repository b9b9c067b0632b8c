/**
 * The files of a segment, in the folder of the journal:
 *
 *     NAME.commits              which bytes of the table files count
 *     NAME.TABLE.rb             the rows of one table
 *     NAME.OWNER.commits        the same, claimed by a later process that found the segment at its start
 *     NAME.loaded               the store has the rows; the table files are being removed
 *     NAME-salvaged.salvage     commits of a segment that is being rebuilt from a damaged one, not valid yet
 *
 * The name of the commits file decides who owns a segment, and renaming is atomic: of two processes that rename it, one
 * fails and leaves the segment alone. The commits file is the first to come and the first to go.
 */
import { open, rename, rm, stat, truncate } from 'node:fs/promises';
import { join } from 'node:path';
import type { JournalTable } from './commit-record.ts';

/** A segment that nothing is added to any more. */
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
  /** Bytes that count; a longer file must be cut to this length before it is read. */
  readonly bytes: number;
  readonly rows: number;
}

export const COMMITS = '.commits';
export const ROWS = '.rb';
export const LOADED = '.loaded';
export const SALVAGE = '.salvage';

/** The files of the journal now belong to another process, or somebody removed them. */
export class SegmentTakenError extends Error {
  override readonly name = 'SegmentTakenError';

  /** `segment` is absent if all are meant. */
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

/** The segment that a file in the folder belongs to. */
export function segmentOf(file: string): string {
  return file.slice(0, file.indexOf('.'));
}

/** When the segment was created, in ms since 1970. A segment is created for its first rows. */
export function segmentTimeMs(name: string): number {
  return Number.parseInt(name, 10);
}

/**
 * Cuts off what a failed commit left behind the rows that count.
 *
 * @throws SegmentTakenError, and Error if rows are missing
 */
export async function trimSegment(segment: SealedSegment): Promise<void> {
  if (!(await exists(segment.commitsPath))) throw new SegmentTakenError(segment.name);
  for (const { path, bytes } of segment.tables) {
    const { size } = await stat(path).catch((error: unknown) => {
      throw isMissing(error) ? new SegmentTakenError(segment.name) : error;
    });
    // `truncate` would fill up the file with zeros, which are rows to the store.
    if (size < bytes) throw new Error(`${path} has ${size} bytes, ${bytes} were written`);
    if (size > bytes) await truncate(path, bytes);
  }
}

/**
 * Removes a segment whose rows are in the store, or in another segment. From the first step on it is never loaded again,
 * and the next start removes what is left of it.
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
    // The disk fails, or can only be read by now.
  }
}

/** Makes created, renamed and removed names survive a crash. */
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

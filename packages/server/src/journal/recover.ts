import { mkdir, open, readdir, readFile, rename, rm, stat, truncate } from 'node:fs/promises';
import { join } from 'node:path';
import { type ClaimedSegment, claimSegments, removeLeftovers } from './claim-segments.ts';
import { type CommitLog, readCommitLog } from './commit-log.ts';
import type { CommittedRange, JournalTable } from './commit-record.ts';
import { type JoinedRanges, joinRanges } from './join-ranges.ts';
import { CUT_TAILS, isUnreadable, QUARANTINE, setAside } from './quarantine.ts';
import { readRange } from './read-range.ts';
import { salvagedName, salvageSegment } from './salvage.ts';
import {
  COMMITS,
  isMissing,
  ROWS,
  removeSegment,
  type SealedSegment,
  segmentOf,
  tablePath,
} from './segment-files.ts';

export interface Recovery {
  /** Oldest first, intact and ready to be loaded. */
  readonly segments: readonly SealedSegment[];
  /** Size of rows that were written but never acknowledged. The newest are kept in `cut-tails/`. */
  readonly truncatedBytes: number;
  /** Size of acknowledged rows that are damaged. They are kept in `quarantine/`. */
  readonly quarantinedBytes: number;
}

type Warn = (message: string, error: unknown) => void;

interface Recovered {
  readonly segment?: SealedSegment;
  readonly truncatedBytes?: number;
  readonly quarantinedBytes?: number;
}

/**
 * Takes over the segments of the previous process.
 *
 *     commits file ─▶ records ─▶ ranges of each table, each checked against its checksum
 *                                  │ they join up               │ damage, a gap, a repetition
 *                                  ▼                            ▼
 *                        cut the tail, load in place     copy the intact rows into a new segment
 *
 * Nothing is destroyed: bytes that are not part of an intact range are copied to a separate folder first.
 */
export async function recoverSegments(folder: string, warn: Warn): Promise<Recovery> {
  await removeLeftovers(folder);
  const claimed = await claimSegments(folder);
  const names = new Set(claimed.map(({ name }) => name));
  const recovered: Recovered[] = [];
  for (const claim of claimed) {
    // The process was killed after the new segment was complete and before the damaged one was removed.
    if (names.has(salvagedName(claim.name))) await removeObsolete(folder, claim);
    else recovered.push(await recoverSegment(folder, claim, warn));
  }
  recovered.push(await setStraysAside(folder, warn));
  const sum = (of: (each: Recovered) => number | undefined) =>
    recovered.reduce((total, each) => total + (of(each) ?? 0), 0);
  return {
    segments: recovered.flatMap(({ segment }) => segment ?? []),
    truncatedBytes: sum((each) => each.truncatedBytes),
    quarantinedBytes: sum((each) => each.quarantinedBytes),
  };
}

interface RecoveredTable extends JournalTable {
  readonly path: string;
  readonly joined: JoinedRanges;
}

async function recoverSegment(folder: string, claim: ClaimedSegment, warn: Warn): Promise<Recovered> {
  const commits = await readFile(claim.commitsPath).catch((error: unknown) => {
    if (isUnreadable(error)) return Buffer.alloc(0);
    throw error;
  });
  const log = readCommitLog(commits);
  if (!log) return quarantineSegment(folder, claim, commits, warn);
  const tables = await Promise.all(
    log.tables.map(async (table, index): Promise<RecoveredTable> => {
      const path = tablePath(folder, claim.name, table.name);
      const ranges = log.records.flatMap((record) => record[index] ?? []);
      return { ...table, path, joined: await joinFile(path, ranges) };
    }),
  );
  const damage = describeDamage(log, tables);
  return damage === undefined
    ? useInPlace(folder, claim, commits.length, tables, warn)
    : replaceDamaged(folder, claim, tables, damage, warn);
}

async function joinFile(path: string, ranges: readonly CommittedRange[]): Promise<JoinedRanges> {
  const file = await open(path, 'r').catch((error: unknown) => {
    if (isMissing(error)) return undefined;
    throw error;
  });
  try {
    const size = (await file?.stat())?.size ?? 0;
    return await joinRanges(ranges, size, async (range) =>
      file ? (await readRange(file, range)) !== undefined : false,
    );
  } finally {
    await file?.close();
  }
}

/** Describes the first damage. */
function describeDamage(log: CommitLog, tables: readonly RecoveredTable[]): string | undefined {
  if (log.damaged) return 'a damaged commit record';
  const table = tables.find(({ joined }) => !joined.joinUp);
  if (!table) return undefined;
  const [from, to] = table.joined.rest[0] ?? [];
  return from === undefined
    ? `commit records of ${table.path} that do not join up`
    : `bytes ${from} to ${to} of ${table.path}`;
}

/** Bytes after the last record were not acknowledged, unless the commits file lost its end. */
async function useInPlace(
  folder: string,
  { name, commitsPath }: ClaimedSegment,
  commitsBytes: number,
  tables: readonly RecoveredTable[],
  warn: Warn,
): Promise<Recovered> {
  let truncatedBytes = 0;
  const tails = tables.filter(({ joined }) => joined.rest.length > 0);
  if (tails.length > 0) {
    const parts = tails.map(({ path, joined }) => ({ path, rest: joined.rest }));
    truncatedBytes = parts.flatMap(({ rest }) => rest).reduce((sum, [from, to]) => sum + to - from, 0);
    await setAside(folder, CUT_TAILS, { name, commitsPath }, parts).catch((error) =>
      warn(`The bytes after the last commit of the journal segment ${name} could not be copied.`, error),
    );
    for (const { path, rest } of parts) await truncate(path, rest[0]?.[0]);
  }
  const sealed = tables.map(({ name, structure, path, joined }) => ({
    name,
    structure,
    path,
    bytes: joined.whole.reduce((sum, { bytes }) => sum + bytes, 0),
    rows: joined.whole.reduce((sum, { rows }) => sum + rows, 0),
  }));
  const segment: SealedSegment = {
    name,
    folder,
    commitsPath,
    sizeBytes: sealed.reduce((sum, { bytes }) => sum + bytes, commitsBytes),
    tables: sealed,
  };
  if (sealed.some(({ rows }) => rows > 0)) return { segment, truncatedBytes };
  await removeSegment(segment);
  return { truncatedBytes };
}

async function replaceDamaged(
  folder: string,
  claim: ClaimedSegment,
  tables: readonly RecoveredTable[],
  damage: string,
  warn: Warn,
): Promise<Recovered> {
  const { name, commitsPath } = claim;
  const message = `The journal segment ${name} is damaged (${damage}). Its intact rows are loaded, and the rest is set aside.`;
  warn(message, undefined);
  const parts = tables.map(({ path, joined }) => ({ path, rest: joined.rest }));
  const quarantinedBytes = await setAside(folder, QUARANTINE, claim, parts);
  const segment = await salvageSegment(folder, name, tables);
  await removeSegment({
    name,
    folder,
    commitsPath,
    sizeBytes: 0,
    tables: tables.map((table) => ({ ...table, bytes: 0, rows: 0 })),
  });
  return { ...(segment && { segment }), quarantinedBytes };
}

async function removeObsolete(folder: string, { name, commitsPath }: ClaimedSegment): Promise<void> {
  const files = (await readdir(folder)).filter((file) => file.endsWith(ROWS) && segmentOf(file) === name);
  const tables = files.map((file) => ({
    name: file,
    structure: '',
    path: join(folder, file),
    bytes: 0,
    rows: 0,
  }));
  await removeSegment({ name, folder, commitsPath, sizeBytes: 0, tables });
}

/** Moves a segment without a header, which describes the rows, to quarantine. A segment without rows is removed. */
async function quarantineSegment(
  folder: string,
  { name, commitsPath }: ClaimedSegment,
  commits: Buffer,
  warn: Warn,
): Promise<Recovered> {
  const files = (await readdir(folder)).filter((file) => segmentOf(file) === name);
  const quarantinedBytes = await moveRows(folder, files);
  if (quarantinedBytes === 0) {
    await rm(commitsPath, { force: true });
    return { truncatedBytes: commits.length };
  }
  await rename(commitsPath, join(folder, QUARANTINE, `${name}${COMMITS}`));
  warn(`The journal segment ${name} has no readable header and is moved to quarantine.`, undefined);
  return { quarantinedBytes };
}

/** Moves table files without a commits file to quarantine. Normally the commits file is the last to be removed. */
async function setStraysAside(folder: string, warn: Warn): Promise<Recovered> {
  const rows = await readdir(folder);
  // Listed second, because a segment that is created meanwhile starts with its commits file.
  const owned = new Set((await readdir(folder)).filter((file) => !file.endsWith(ROWS)).map(segmentOf));
  const quarantinedBytes = await moveRows(
    folder,
    rows.filter((file) => !owned.has(segmentOf(file))),
  );
  if (quarantinedBytes > 0)
    warn('Rows in the journal without a commits file are moved to quarantine.', undefined);
  return { quarantinedBytes };
}

/** Moves table files to quarantine and removes empty ones. Returns their size. */
async function moveRows(folder: string, files: readonly string[]): Promise<number> {
  let bytes = 0;
  for (const file of files.filter((each) => each.endsWith(ROWS))) {
    const path = join(folder, file);
    const { size } = await stat(path).catch((error: unknown) => {
      if (isMissing(error)) return { size: 0 };
      throw error;
    });
    bytes += size;
    if (size === 0) {
      await rm(path, { force: true });
      continue;
    }
    await mkdir(join(folder, QUARANTINE), { recursive: true });
    await rename(path, join(folder, QUARANTINE, file));
  }
  return bytes;
}

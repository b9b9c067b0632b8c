import { open, rename } from 'node:fs/promises';
import { join } from 'node:path';
import type { CommittedRange, JournalTable } from './commit-record.ts';
import type { JoinedRanges } from './join-ranges.ts';
import { readRange } from './read-range.ts';
import { type Batch, OpenSegment, type TableBatch } from './segment.ts';
import { commitsPath, SALVAGE, type SealedSegment, syncFolder } from './segment-files.ts';

const EMPTY: TableBatch = { bytes: new Uint8Array(), rows: 0, crc32: 0 };
/** Maximum size in memory at once, apart from one range. */
const MAX_COMMIT_BYTES = 16 << 20;

/** Name of the segment that replaces a damaged one. */
export function salvagedName(name: string): string {
  return `${name}-salvaged`;
}

/**
 * Writes the intact ranges of a damaged segment into a new one. In the last step, the new segment gets its valid name. Its
 * name and rows depend only on the old segment, so the store loads it once even if this is repeated.
 *
 * Returns undefined if there are no intact ranges.
 */
export async function salvageSegment(
  folder: string,
  name: string,
  tables: readonly (JournalTable & { readonly path: string; readonly joined: JoinedRanges })[],
): Promise<SealedSegment | undefined> {
  if (tables.every(({ joined }) => joined.whole.length === 0)) return undefined;
  const newName = salvagedName(name);
  const hidden = join(folder, `${newName}${SALVAGE}`);
  const fresh = await OpenSegment.create({ folder, tables, name: newName, commitsPath: hidden });
  try {
    for (const [index, { path, joined }] of tables.entries()) {
      for await (const group of groupsOf(path, joined.whole))
        await fresh.commit(
          group.map((range): Batch => tables.map((_, each) => (each === index ? range : EMPTY))),
        );
    }
  } finally {
    await fresh.close();
  }
  const valid = commitsPath(folder, newName);
  await rename(hidden, valid);
  await syncFolder(folder);
  return { ...(await fresh.seal()), commitsPath: valid };
}

async function* groupsOf(path: string, ranges: readonly CommittedRange[]): AsyncGenerator<TableBatch[]> {
  if (ranges.length === 0) return;
  const file = await open(path, 'r');
  try {
    let group: TableBatch[] = [];
    let size = 0;
    for (const range of ranges) {
      const bytes = await readRange(file, range);
      if (!bytes) throw new Error(`the bytes of ${path} at ${range.offset} have changed`);
      group.push({ bytes, rows: range.rows, crc32: range.crc32 });
      size += bytes.length;
      if (size < MAX_COMMIT_BYTES) continue;
      yield group;
      group = [];
      size = 0;
    }
    if (group.length > 0) yield group;
  } finally {
    await file.close();
  }
}

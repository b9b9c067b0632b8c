import { randomBytes } from 'node:crypto';
import { mkdir, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { isUnreadable, QUARANTINE } from './quarantine.ts';
import { COMMITS, isMissing, LOADED, ROWS, SALVAGE, segmentOf, syncFolder } from './segment-files.ts';

/** Suffix of a commits file that is being copied. */
const COPY = '.copy';

export interface ClaimedSegment {
  readonly name: string;
  readonly commitsPath: string;
}

/**
 * Takes over every segment in the folder by renaming its commits file, oldest first. A process that still writes one of
 * them notices that before its next acknowledgement.
 */
export async function claimSegments(folder: string): Promise<ClaimedSegment[]> {
  const owner = randomBytes(6).toString('hex');
  const claimed = new Map<string, ClaimedSegment>();
  const files = (await readdir(folder)).filter((file) => file.endsWith(COMMITS));
  for (const file of files.sort()) {
    const name = segmentOf(file);
    // Two commits files of one segment exist if a folder was copied into another. The store would treat both as one load.
    const path = claimed.has(name)
      ? join(folder, QUARANTINE, file)
      : join(folder, `${name}.${owner}${COMMITS}`);
    if (claimed.has(name)) await mkdir(join(folder, QUARANTINE), { recursive: true });
    try {
      await rename(join(folder, file), path);
    } catch (error) {
      // Another process was faster.
      if (isMissing(error)) continue;
      throw error;
    }
    if (claimed.has(name)) continue;
    await replaceByCopy(path);
    claimed.set(name, { name, commitsPath: path });
  }
  if (claimed.size > 0) await syncFolder(folder);
  return [...claimed.values()].sort((a, b) => (a.name < b.name ? -1 : 1));
}

/**
 * Replaces a commits file by a copy. A process that was suspended in the middle of a commit has the file open and
 * finishes its record when it resumes. That record is not acknowledged, and its rows may have been cut off, so it must go
 * to the old file, which has no name any more.
 */
async function replaceByCopy(path: string): Promise<void> {
  const copy = `${path}${COPY}`;
  try {
    await writeFile(copy, await readFile(path), { flush: true });
    await rename(copy, path);
  } catch (error) {
    if (!isUnreadable(error)) throw error;
  }
}

/** Removes the table files of segments that were being removed or rebuilt when the last process ended. */
export async function removeLeftovers(folder: string): Promise<void> {
  const files = await readdir(folder);
  for (const file of files) if (file.endsWith(COPY)) await rm(join(folder, file), { force: true });
  for (const marker of files.filter((file) => file.endsWith(LOADED) || file.endsWith(SALVAGE))) {
    const name = segmentOf(marker);
    for (const file of files)
      if (segmentOf(file) === name && file.endsWith(ROWS)) await rm(join(folder, file), { force: true });
    await rm(join(folder, marker), { force: true });
  }
}

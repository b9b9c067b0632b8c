import { copyFile, type FileHandle, link, mkdir, open, readdir, rm, stat } from 'node:fs/promises';
import { basename, join } from 'node:path';
import type { Span } from './join-ranges.ts';
import { COMMITS, ROWS, segmentOf, syncFolder } from './segment-files.ts';

/** Folder for acknowledged rows that are damaged. They are neither read nor deleted. */
export const QUARANTINE = 'quarantine';
/** Folder for rows after the last commit record, which were probably never acknowledged. Only the newest are kept. */
export const CUT_TAILS = 'cut-tails';
const MAX_CUT_TAIL_BYTES = 256 << 20;
const COPY_BYTES = 1 << 20;

/** A table file and the ranges of it to keep. */
export interface SetAsidePart {
  readonly path: string;
  readonly rest: readonly Span[];
}

/**
 * Copies ranges of table files to a separate folder, each as `NAME.TABLE.OFFSET.rb`, together with the commits file, which
 * describes the rows. Returns the number of copied bytes.
 */
export async function setAside(
  folder: string,
  kind: typeof QUARANTINE | typeof CUT_TAILS,
  segment: { readonly name: string; readonly commitsPath: string },
  parts: readonly SetAsidePart[],
): Promise<number> {
  const target = join(folder, kind);
  await mkdir(target, { recursive: true });
  await copyFile(segment.commitsPath, join(target, `${segment.name}${COMMITS}`));
  let bytes = 0;
  for (const { path, rest } of parts) {
    for (const span of rest) bytes += span[1] - span[0];
    if (rest.length > 0) await copySpans(path, rest, target);
  }
  await syncFolder(target);
  if (kind === CUT_TAILS) await removeOldest(target);
  return bytes;
}

async function copySpans(path: string, spans: readonly Span[], target: string): Promise<void> {
  const name = basename(path, ROWS);
  const source = await open(path, 'r');
  try {
    for (const span of spans) await copySpan(source, span, join(target, `${name}.${span[0]}${ROWS}`));
  } catch (error) {
    if (!isUnreadable(error)) throw error;
    // The file gets a second name, because other tools may be able to read it.
    await link(path, join(target, basename(path))).catch(() => {});
  } finally {
    await source.close();
  }
}

async function copySpan(source: FileHandle, [from, to]: Span, path: string): Promise<void> {
  const copy = await open(path, 'w');
  try {
    const buffer = new Uint8Array(Math.min(COPY_BYTES, to - from));
    for (let at = from; at < to; ) {
      const { bytesRead } = await source.read(buffer, 0, Math.min(buffer.length, to - at), at);
      if (bytesRead === 0) break;
      await copy.writeFile(buffer.subarray(0, bytesRead));
      at += bytesRead;
    }
    await copy.datasync();
  } finally {
    await copy.close();
  }
}

/** Removes whole segments, oldest first, until the rest is within the limit. */
async function removeOldest(target: string): Promise<void> {
  const files = (await readdir(target)).sort();
  const sizes = await Promise.all(files.map(async (file) => (await stat(join(target, file))).size));
  let total = sizes.reduce((sum, size) => sum + size, 0);
  const newest = segmentOf(files.at(-1) ?? '');
  for (const [index, file] of files.entries()) {
    if (total <= MAX_CUT_TAIL_BYTES || segmentOf(file) === newest) return;
    await rm(join(target, file), { force: true });
    total -= sizes[index] as number;
  }
}

/** True for a sector that the disk cannot read. */
export function isUnreadable(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === 'EIO';
}

import type { FileHandle } from 'node:fs/promises';
import { crc32 } from 'node:zlib';
import type { CommittedRange } from './commit-record.ts';
import { isUnreadable } from './quarantine.ts';

/** Returns undefined if the file ends early, the checksum differs, or the disk cannot read the bytes. */
export async function readRange(
  file: FileHandle,
  { offset, bytes: length, crc32: checksum }: CommittedRange,
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

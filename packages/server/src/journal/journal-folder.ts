import { mkdir, open, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { StartupError } from '../errors/startup-error.ts';
import { type Recovery, recoverSegments } from './recover.ts';

/** The folder cannot be used for a journal. The message is for the person who starts the server. */
export class JournalFolderError extends StartupError {
  override readonly name = 'JournalFolderError';
}

/**
 * Creates the folder if it is missing, and takes over the segments of the previous process.
 *
 * @throws JournalFolderError
 */
export async function openJournalFolder(
  folder: string,
  warn: (message: string, error: unknown) => void,
): Promise<Recovery> {
  const failing = (problem: string) => (cause: unknown) => {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new JournalFolderError(`The journal folder ${folder} ${problem}: ${reason}`, { cause });
  };
  await probe(folder).catch(failing('cannot be written'));
  return recoverSegments(folder, warn).catch(
    failing('contains rows of the last run that could not be recovered'),
  );
}

/** Writes one byte, because on a full disk files can be created but not written. */
async function probe(folder: string): Promise<void> {
  await mkdir(folder, { recursive: true });
  const path = join(folder, '.probe');
  const file = await open(path, 'w');
  try {
    await file.write('.');
    await file.sync();
  } finally {
    await file.close();
    await rm(path, { force: true });
  }
}

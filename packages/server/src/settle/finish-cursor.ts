import { open, readFile, rename } from 'node:fs/promises';
import { temporaryFileOf } from '../data-folder/temporary-file.ts';

/** A version in a file. All traces whose version is lower were reported as finished. */
export interface FinishCursor {
  /** The version that was stored or requested last. Undefined if there is none yet. */
  readonly version: bigint | undefined;
  /** Stores another version, after those that were requested before. Resolves once it survives a crash. */
  store(version: bigint): Promise<void>;
}

/** Opens the cursor of a data folder. An invalid file counts as absent. */
export async function openFinishCursor(path: string): Promise<FinishCursor> {
  let stored = await read(path);
  let requested = stored;
  let last: Promise<void> = Promise.resolve();
  const temporary = temporaryFileOf(path);

  async function write(version: bigint): Promise<void> {
    if (version === stored) return;
    const file = await open(temporary, 'w');
    try {
      await file.writeFile(`${version}\n`);
      await file.sync();
    } finally {
      await file.close();
    }
    await rename(temporary, path);
    stored = version;
  }
  return {
    get version() {
      return requested;
    },
    store(version) {
      requested = version;
      const written = last.then(() => write(version));
      last = written.catch(() => {});
      return written;
    },
  };
}

async function read(path: string): Promise<bigint | undefined> {
  const text = await readFile(path, 'utf8').catch(() => '');
  return /^\d{1,19}\n$/.test(text) ? BigInt(text) : undefined;
}

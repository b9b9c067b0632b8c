import { open, readFile, rename } from 'node:fs/promises';

/** A version in a file. All traces whose version is lower were reported as finished. */
export interface FinishCursor {
  /** Undefined if nothing has been stored yet. */
  readonly version: bigint | undefined;
  /** Stores another version. Resolves once it survives a crash. */
  store(version: bigint): Promise<void>;
}

/** Opens the cursor of a data folder. An invalid file counts as absent. */
export async function openFinishCursor(path: string): Promise<FinishCursor> {
  let version = await read(path);
  return {
    get version() {
      return version;
    },
    async store(next) {
      if (next === version) return;
      const file = await open(`${path}.new`, 'w');
      try {
        await file.writeFile(`${next}\n`);
        await file.sync();
      } finally {
        await file.close();
      }
      await rename(`${path}.new`, path);
      version = next;
    },
  };
}

async function read(path: string): Promise<bigint | undefined> {
  const text = await readFile(path, 'utf8').catch(() => '');
  return /^\d{1,19}\n$/.test(text) ? BigInt(text) : undefined;
}

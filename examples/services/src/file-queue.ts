import { readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';

/*
 * A queue in a folder, with one JSON file per message. A file is written completely before it gets its final name. This is
 * enough for an example, and programs in any language can write to it.
 */
const INTERVAL_MS = 20;

export async function putMessage(folder: string, name: string, message: unknown): Promise<void> {
  const path = join(folder, name);
  await writeFile(`${path}.tmp`, JSON.stringify(message));
  await rename(`${path}.tmp`, `${path}.json`);
}

/** Yields messages in the order of their names, and waits for further ones until it is aborted. */
export async function* takeMessages(folder: string, signal: AbortSignal): AsyncGenerator<unknown> {
  while (!signal.aborted) {
    const names = (await readdir(folder)).filter((name) => name.endsWith('.json')).sort();
    for (const name of names) yield await take(join(folder, name));
    if (names.length === 0) await delay(INTERVAL_MS);
  }
}

/** Waits for the message with this name. Rejects if it does not arrive in time. */
export async function takeMessage(folder: string, name: string, timeoutMs: number): Promise<unknown> {
  const deadline = performance.now() + timeoutMs;
  while (performance.now() < deadline) {
    if ((await readdir(folder)).includes(`${name}.json`)) return take(join(folder, `${name}.json`));
    await delay(INTERVAL_MS);
  }
  throw new Error(`Expected the message ${name} within ${timeoutMs} ms`);
}

async function take(path: string): Promise<unknown> {
  const message: unknown = JSON.parse(await readFile(path, 'utf8'));
  await rm(path);
  return message;
}

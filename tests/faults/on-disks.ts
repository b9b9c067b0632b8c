/** Servers on disks and in folders of a test. Call `cleanUp` in `afterEach`. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Disks, mountDisks } from './disk.ts';
import { createClient, type ProcessClient } from './process-client.ts';
import { killServers, type ServerProcess, spawnServer } from './server-process.ts';
import { type JsonSpan, span, textAttribute } from './support.ts';

export const MIB = 1 << 20;
/** Space that the store needs to start and to load some spans. */
const DATA_BYTES = 48 * MIB;

const closers: (() => Promise<unknown>)[] = [];

export async function cleanUp(): Promise<void> {
  await killServers();
  for (const close of closers.splice(0)) await close();
}

/** Creates a disk for the data folder and, if its size is given, another one for the journal. */
export async function mount(journalBytes?: number): Promise<Disks> {
  const disks = await mountDisks({
    dataBytes: DATA_BYTES,
    ...(journalBytes === undefined ? {} : { journalBytes }),
  });
  closers.push(() => disks.close());
  return disks;
}

export async function makeFolder(): Promise<string> {
  const dataDir = await mkdtemp(join(tmpdir(), 'throughline-disk-'));
  closers.push(() => rm(dataDir, { recursive: true, force: true }));
  return dataDir;
}

export async function startOn(disks: Disks): Promise<{ server: ServerProcess; client: ProcessClient }> {
  const server = spawnServer(disks.dataDir, { through: disks.through });
  return { server, client: createClient(await server.listening) };
}

/** Spans whose rows are larger than one or two pages. */
export const largeSpans = (): JsonSpan[] =>
  Array.from({ length: 30 }, (_, index) =>
    span({ attributes: [textAttribute('input.value', `${index} `.repeat(2_000))] }),
  );

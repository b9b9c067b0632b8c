/**
 * Writers, readers, clients of the live tail and clients that disconnect, all at the same time. Afterwards the server uses
 * the same resources as before, and nothing failed. `THROUGHLINE_SOAK_MINUTES=30` runs for longer than a few rounds.
 */
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { waitToPass } from '../support/wait-for.ts';
import { createClient, PROJECT, type ProcessClient } from './process-client.ts';
import { memoryOf } from './process-memory.ts';
import { complaintsOf, killServers, type ServerProcess, spawnServer } from './server-process.ts';
import { newSpanId, newTraceId, span, textAttribute } from './support.ts';

const MINUTES = Number(process.env.THROUGHLINE_SOAK_MINUTES ?? 0);
const ROUNDS = 12;
/** Memory that may remain in use: caches of the store and of the mapper. */
const KEPT_MIB = 400;

let folder: string;
let server: ServerProcess;
let client: ProcessClient;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'throughline-soak-'));
  server = spawnServer(folder, { env: { THROUGHLINE_STORE_MEMORY_BYTES: String(1024 << 20) } });
  client = createClient(await server.listening);
});
afterAll(async () => {
  await killServers();
  await rm(folder, { recursive: true, force: true });
});

interface Left {
  readonly descriptors: number;
  readonly parts: number;
  readonly temporaryFiles: string[];
  readonly journalFiles: number;
  readonly memoryMib: number;
}

/** Resources that the server uses at the moment. */
async function measure(): Promise<Left> {
  const files = (await readdir(folder, { recursive: true })).filter(
    (path) => !path.endsWith('.sqlite-journal'),
  );
  const names = files.map((path) => path.slice(path.lastIndexOf('/') + 1));
  return {
    descriptors: (await readdir(`/proc/${server.pid}/fd`)).length,
    // Folders of parts are named partition_first_last_level.
    parts: names.filter((name) => /^\w+_\d+_\d+_\d+$/.test(name)).length,
    temporaryFiles: files.filter((path) => /(^|\/)(tmp_|.*\.tmp$)/.test(path)),
    journalFiles: files.filter((path) => /^journal\/\d/.test(path)).length,
    memoryMib: (await memoryOf(server.pid)).now,
  };
}

const failures: string[] = [];
async function ask(path: string, init?: RequestInit): Promise<Response> {
  const response = await fetch(`${client.url}${path}`, init);
  if (response.status >= 500) failures.push(`${path}: ${response.status} ${await response.clone().text()}`);
  return response;
}

/** A trace of an agent whose steps arrive in two requests, the leaves first. */
async function write(): Promise<string> {
  const traceId = newTraceId();
  const rootId = newSpanId();
  const start = BigInt(Date.now()) * 1_000_000n;
  const steps = Array.from({ length: 40 }, (_, step) =>
    span({
      traceId,
      spanId: newSpanId(),
      parentSpanId: rootId,
      name: `step ${step % 5}`,
      startTimeUnixNano: String(start + BigInt(step) * 1_000_000n),
      endTimeUnixNano: String(start + BigInt(step + 1) * 1_000_000n),
      attributes: [textAttribute('input.value', `refund number ${step} of ${traceId}`)],
    }),
  );
  const root = span({ traceId, spanId: rootId, name: 'agent', startTimeUnixNano: String(start) });
  for (const batch of [steps, [root]]) {
    const sent = await client.send(batch);
    if (sent.status !== 200 && sent.status !== 429)
      failures.push(`/v1/traces: ${sent.status} ${sent.message}`);
  }
  return traceId;
}

const READS = [
  '/traces?',
  '/traces?q=name%3Astep*&',
  '/traces?q=refund&',
  '/traces?q=has(name%3A%22step+1%22)&',
  '/traces?sort=-durationMs&',
  '/traces/summary?',
  '/scores?',
];

/** One client: writes a trace, reads, and abandons a read and a live stream before they end. */
async function round(number: number): Promise<void> {
  const leaving = new AbortController();
  const live = ask(`/api/v1/live?project=${PROJECT}`, { signal: leaving.signal }).catch(() => {});
  const traceId = await write();
  const path = READS[number % READS.length] ?? '';
  await (await ask(`/api/v1${path}project=${PROJECT}`)).arrayBuffer();
  await (await ask(`/api/v1/traces/${traceId}?project=${PROJECT}`)).arrayBuffer();
  const left = ask(`/api/v1/traces?q=refund&project=${PROJECT}`, { signal: leaving.signal }).catch(() => {});
  leaving.abort();
  await Promise.all([live, left]);
}

async function load(isOver: (round: number) => boolean): Promise<void> {
  await Promise.all(
    [0, 1, 2, 3].map(async (worker) => {
      for (let number = 0; !isOver(number); number += 1) await round(number * 4 + worker);
    }),
  );
  await client.waitForEmptyJournal();
}

it('memory, descriptors, parts and temporary files end where they began, and nothing fails', {
  timeout: (MINUTES + 5) * 60_000,
}, async () => {
  await load((number) => number >= 6);
  const before = await measure();
  const minutes = AbortSignal.timeout(MINUTES * 60_000);
  await load((number) => number >= ROUNDS && minutes.aborted);
  await waitToPass('what the server held before', async () => {
    const after = await measure();
    expect(after.temporaryFiles).toEqual([]);
    expect(after.journalFiles).toBeLessThanOrEqual(before.journalFiles);
    expect(after.descriptors).toBeLessThan(before.descriptors + 100);
    // ClickHouse keeps merged parts for some minutes.
    expect(after.parts).toBeLessThan(before.parts + 600);
    expect(after.memoryMib).toBeLessThan(before.memoryMib + KEPT_MIB);
  });
  expect(failures).toEqual([]);
  expect(complaintsOf(server.log())).toEqual([]);
  if (MINUTES > 0) console.log({ before, after: await measure() });
  await client.expectWell();
});

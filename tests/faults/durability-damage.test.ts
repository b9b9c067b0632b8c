/** Flipped bits and incomplete writes in the journal of a killed server: intact rows are loaded. */
import { mkdtemp, open, readdir, readFile, rm, stat, truncate } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, expect, it } from 'vitest';
import { decodeHeader, recordBytes } from '../../packages/server/src/journal/commit-record.ts';
import { SEED } from '../support/seed.ts';
import { createRandom } from './kill-load.ts';
import { type LeftSegment, leaveSegment } from './leave-segment.ts';
import { type ServerHere, startHere } from './server-here.ts';
import { type JsonSpan, span, textAttribute } from './support.ts';

const folders: string[] = [];
async function folderOf(): Promise<string> {
  const dataDir = await mkdtemp(join(tmpdir(), 'throughline-damage-'));
  folders.push(dataDir);
  return dataDir;
}
let server: ServerHere | undefined;
afterEach(async () => {
  await server?.stop();
  server = undefined;
});
afterAll(() => Promise.all(folders.map((folder) => rm(folder, { recursive: true, force: true }))));

const requestOf = (name: string): JsonSpan[] =>
  [0, 1].map((index) => span({ name, attributes: [textAttribute('input.value', `${name} ${index}`)] }));

async function flipBit(path: string, bit: number): Promise<void> {
  const file = await open(path, 'r+');
  const byte = new Uint8Array(1);
  await file.read(byte, 0, 1, bit >> 3);
  byte[0] = (byte[0] as number) ^ (1 << (bit & 7));
  await file.write(byte, 0, 1, bit >> 3);
  await file.close();
}

/** Index of a table of the journal in the batches. */
const tableOf = (segment: LeftSegment, table: string): number =>
  segment.tables.findIndex(({ name }) => name === table);

/** Rows of one request in one table. */
const bytesOf = (segment: LeftSegment, table: string, request: number): number =>
  segment.batches[request]?.[tableOf(segment, table)]?.bytes.length ?? 0;

/** Offset of the record of a request in the commits file. */
async function recordAt(segment: LeftSegment, request: number): Promise<number> {
  const { size = 0 } = decodeHeader(await readFile(segment.commitsPath)) ?? {};
  return size + request * recordBytes(segment.tables.length);
}

async function idsIn(table: 'spans' | 'payloads'): Promise<string[]> {
  const rows = await server?.engine.query<{ id: string }>(`SELECT span_id AS id FROM ${table} ORDER BY id`);
  return rows?.map(({ id }) => id) ?? [];
}

const idsOf = (requests: readonly (readonly JsonSpan[])[]) =>
  requests
    .flat()
    .map(({ spanId }) => spanId)
    .sort();

/** Starts a server on the folder and waits until all intact rows are loaded. */
async function startAndLoad(dataDir: string): Promise<ServerHere> {
  server = await startHere(dataDir);
  const { client } = server;
  await client.waitForEmptyJournal();
  return server;
}

it('a flipped bit in rows loses that request in that table', async () => {
  const dataDir = await folderOf();
  const requests = ['first', 'second', 'third'].map(requestOf);
  const segment = await leaveSegment(dataDir, requests);
  const path = segment.tables[tableOf(segment, 'spans')]?.path as string;
  await flipBit(path, 8 * (bytesOf(segment, 'spans', 0) + 7) + 3);
  const whole = [requests[0] ?? [], requests[2] ?? []];

  const { client, complaints } = await startAndLoad(dataDir);
  await client.expectReadable(whole.flat());
  expect(await idsIn('spans')).toEqual(idsOf(whole));
  expect(await idsIn('payloads')).toEqual(idsOf(requests));
  for (const { traceId } of requests[1] ?? []) expect(await client.findTrace(traceId)).toBeUndefined();
  expect(complaints).toEqual([
    expect.stringMatching(
      /^The journal segment .* is damaged \(bytes \d+ to \d+ of .*\.spans\.rb\)\. Its intact rows are loaded/,
    ),
    'acknowledged rows in the journal were damaged; see journal/quarantine',
  ]);
  const size = bytesOf(segment, 'spans', 1);
  expect(await client.metric('throughline_journal_quarantined_bytes')).toBe(size);
  const quarantine = join(dataDir, 'journal', 'quarantine');
  const kept = await readdir(quarantine);
  const damagedRows = `${segment.name}.spans.${bytesOf(segment, 'spans', 0)}.rb`;
  expect(kept.sort()).toEqual([`${segment.name}.commits`, damagedRows]);
  expect((await stat(join(quarantine, damagedRows))).size).toBe(size);
  expect(await (await fetch(`${client.url}/readyz`)).json()).toEqual({
    status: 'ok',
    warnings: [expect.stringMatching(`${size} bytes of acknowledged rows .* kept in journal/quarantine`)],
  });
  await client.expectWell();

  // The damaged rows are kept, and the next start does not report them again.
  await server?.stop();
  const again = await startAndLoad(dataDir);
  expect(again.complaints).toEqual([]);
  expect((await readdir(quarantine)).sort()).toEqual(kept);
  expect(await again.client.metric('throughline_journal_quarantined_bytes')).toBe(0);
});

it('a flipped bit in a commit record loses that request, one in the header the segment, and others are kept', async () => {
  const dataDir = await folderOf();
  const record = ['first', 'second', 'third'].map(requestOf);
  const inRecord = await leaveSegment(dataDir, record);
  const header = [requestOf('lost')];
  const inHeader = await leaveSegment(dataDir, header);
  const other = [requestOf('other')];
  await leaveSegment(dataDir, other);
  await flipBit(inRecord.commitsPath, 8 * ((await recordAt(inRecord, 1)) + 20));
  await flipBit(inHeader.commitsPath, 8 * 30);
  const whole = [record[0] ?? [], record[2] ?? [], ...other];

  const { client, complaints } = await startAndLoad(dataDir);
  await client.expectReadable(whole.flat());
  for (const table of ['spans', 'payloads'] as const) expect(await idsIn(table)).toEqual(idsOf(whole));
  expect(complaints).toEqual([
    expect.stringContaining('is damaged (a damaged commit record)'),
    expect.stringContaining('has no readable header and is moved to quarantine'),
    'acknowledged rows in the journal were damaged; see journal/quarantine',
  ]);
  const lost = [
    ...['spans', 'payloads'].map((table) => bytesOf(inRecord, table, 1)),
    ...['spans', 'payloads'].map((table) => bytesOf(inHeader, table, 0)),
  ];
  expect(await client.metric('throughline_journal_quarantined_bytes')).toBe(
    lost.reduce((sum, bytes) => sum + bytes, 0),
  );
  await client.expectWell();
});

it('an incomplete last record is an unacknowledged request, which is set aside without a warning', async () => {
  const dataDir = await folderOf();
  const whole: JsonSpan[][] = [];
  for (const part of [0, 1, 0.5, -1]) {
    const requests = [requestOf('whole'), requestOf('torn')];
    const segment = await leaveSegment(dataDir, requests);
    const size = recordBytes(segment.tables.length);
    await truncate(
      segment.commitsPath,
      (await recordAt(segment, 1)) + (part === 0.5 ? size / 2 : part === -1 ? size - 1 : part),
    );
    whole.push(requests[0] ?? []);
  }
  const { client, complaints } = await startAndLoad(dataDir);
  await client.expectReadable(whole.flat());
  for (const table of ['spans', 'payloads'] as const) expect(await idsIn(table)).toEqual(idsOf(whole));
  expect(complaints).toEqual([]);
  expect(await client.metric('throughline_journal_quarantined_bytes')).toBe(0);
  expect(await client.metric('throughline_journal_cut_tail_bytes')).toBeGreaterThan(0);
  await client.expectWell();
});

it(`damage at any position loses no other request (THROUGHLINE_SEED=${SEED})`, async () => {
  const random = createRandom(`${SEED} damage`);
  const upTo = (count: number) => Math.floor(random() * count);
  const dataDir = await folderOf();
  const expected = { spans: [] as JsonSpan[][], payloads: [] as JsonSpan[][] };
  const damages: (() => Promise<void>)[] = [];
  for (let count = 0; count < 8; count++) {
    const requests = ['first', 'second', 'third'].map(requestOf);
    const segment = await leaveSegment(dataDir, requests);
    const hit = upTo(requests.length);
    const table = (['spans', 'payloads', undefined] as const)[count % 3];
    if (table === undefined) {
      const at = await recordAt(segment, hit);
      const bit = upTo(8 * recordBytes(segment.tables.length));
      damages.push(() => flipBit(segment.commitsPath, 8 * at + bit));
    } else {
      const before = Array.from({ length: hit }, (_, request) => bytesOf(segment, table, request));
      const at = before.reduce((sum, bytes) => sum + bytes, 0);
      const bit = upTo(8 * bytesOf(segment, table, hit));
      const path = segment.tables[tableOf(segment, table)]?.path as string;
      damages.push(() => flipBit(path, 8 * at + bit));
    }
    for (const each of ['spans', 'payloads'] as const)
      expected[each].push(...requests.filter((_, request) => request !== hit || (table ?? each) !== each));
  }
  for (const damage of damages) await damage();
  const { client } = await startAndLoad(dataDir);
  for (const table of ['spans', 'payloads'] as const)
    expect(await idsIn(table)).toEqual(idsOf(expected[table]));
  await client.expectReadable(expected.spans.flat());
  await client.expectWell();
});

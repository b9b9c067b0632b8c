/**
 * Tests spans with impossible times. Every partition of a load creates a part on disk, so their number must be bounded.
 */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { waitFor } from '../support/wait-for.ts';
import { type ServerHere, startHere } from './server-here.ts';
import { newTraceId, START, span } from './support.ts';

const DAY_NS = 86_400_000_000_000n;
const YEAR_2050_NS = 2_524_608_000_000_000_000n;
const KEPT = { status: 200, retryAfter: null, message: '' };
const LAST_DAY = 77_000n * DAY_NS;

let folder: string;
let server: ServerHere;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'throughline-parts-'));
  server = await startHere(folder);
});
afterAll(async () => {
  await server?.stop();
  await rm(folder, { recursive: true, force: true });
});

const spanAt = (time: bigint) =>
  span({ startTimeUnixNano: String(time), endTimeUnixNano: String(time + 1n) });

/** Partitions and active parts of the two tables that contain spans. */
async function partsOf(): Promise<{ partitions: number; parts: number }[]> {
  return server.engine.query(
    `SELECT toUInt32(uniqExact(partition)) AS partitions, toUInt32(count()) AS parts
     FROM system.parts WHERE active AND database = currentDatabase() AND table IN ('spans', 'payloads')
     GROUP BY table ORDER BY table`,
  );
}

async function loadedSpans(count: number): Promise<void> {
  await waitFor(`${count} spans`, async () => {
    const [found] = await server.engine.query<{ rows: string }>('SELECT count() AS rows FROM spans');
    return Number(found?.rows) >= count ? true : undefined;
  });
}

it('spans of 6,000 days before 2020 and after 2049, in one request, become one part', async () => {
  const before = Array.from({ length: 3_000 }, (_, day) => spanAt(BigInt(day * 6) * DAY_NS + 1n));
  const after = Array.from({ length: 3_000 }, (_, day) => spanAt(YEAR_2050_NS + BigInt(day * 9) * DAY_NS));
  const sent = [...before, ...after, spanAt(LAST_DAY)];
  expect(await server.client.send(sent)).toEqual(KEPT);
  await loadedSpans(sent.length);
  expect(await partsOf()).toEqual([
    { partitions: 1, parts: 1 },
    { partitions: 1, parts: 1 },
  ]);
  await server.client.expectReadable(
    [sent[0], sent[2_999], sent[3_000], sent[6_000]].filter((each) => !!each),
  );
  expect(await server.client.problems()).toEqual({});
  await server.client.expectWell();
});

it('many requests with such spans create few parts, and current spans are readable at once', async () => {
  const [before] = await server.engine.query<{ rows: string }>('SELECT count() AS rows FROM spans');
  const requests = 60;
  for (let count = 0; count < requests; count++) {
    const days = Array.from({ length: 10 }, (_, index) => (count * 97 + index * 1_700) % 18_000);
    const sent = days.map((day) => spanAt(BigInt(day) * DAY_NS + 1n));
    expect(await server.client.send(sent)).toEqual(KEPT);
  }
  await server.client.expectWell();
  await loadedSpans(Number(before?.rows) + requests * 10 + 1);
  for (const { partitions, parts } of await partsOf()) {
    expect(partitions).toBe(2);
    expect(parts).toBeLessThan(40);
  }
});

/** Lists the newest traces repeatedly until `until` resolves. Returns the number of lists. */
async function listsUntil(until: Promise<unknown>): Promise<number> {
  let isOver = false;
  void until.finally(() => {
    isOver = true;
  });
  let count = 0;
  while (!isOver) {
    const answer = await fetch(`${server.client.url}/api/v1/traces?project=durability&limit=50`);
    expect(answer.status).toBe(200);
    await answer.arrayBuffer();
    count++;
  }
  return count;
}

it('30 years with one span on each day delay no other spans and create a bounded number of parts', async () => {
  const days = 30 * 365;
  const [{ rows: before } = { rows: '0' }] = await server.engine.query<{ rows: string }>(
    'SELECT count() AS rows FROM spans',
  );
  const sent = Array.from({ length: days }, (_, day) => spanAt(START - BigInt(day) * DAY_NS));
  expect(await server.client.send(sent)).toEqual(KEPT);
  const loading = loadedSpans(Number(before) + days);
  const lists = listsUntil(loading);
  // A new span is readable long before the spans of all days are.
  const [fresh] = await Promise.all([server.client.keep({ name: 'fresh' })]);
  await server.client.expectReadable([fresh]);
  await loading;
  expect(await lists).toBeGreaterThan(0);
  await server.client.expectReadable([sent[0], sent[100], sent[364]].filter((each) => !!each));
  const months = (new Date().getUTCFullYear() - 2020) * 12 + 12;
  for (const { partitions, parts } of await partsOf()) {
    expect(partitions).toBeLessThan(months + 65);
    expect(parts).toBeLessThan(3 * (months + 65));
  }
  expect(server.complaints).toEqual([]);
});

it('a server can stop before it has loaded spans of many days, and the next one has them all', async () => {
  const sent = Array.from({ length: 2_000 }, (_, day) => spanAt(START - BigInt(day) * DAY_NS));
  expect(await server.client.send(sent)).toEqual(KEPT);
  await server.stop();
  server = await startHere(folder);
  await server.client.waitForEmptyJournal();
  await server.client.expectReadable([sent[0], sent[1_000], sent[1_999]].filter((each) => !!each));
  const [found] = await server.engine.query<{ twice: string }>(
    'SELECT count() - uniqExact(trace_id, span_id) AS twice FROM spans FINAL',
  );
  expect(found?.twice).toBe('0');
});

it('a trace of 30 days with one span each is readable as a whole', async () => {
  const traceId = newTraceId();
  const sent = Array.from({ length: 30 }, (_, day) => ({
    ...spanAt(START - BigInt(day) * DAY_NS),
    traceId,
  }));
  expect(await server.client.send(sent)).toEqual(KEPT);
  await server.client.expectWell();
  await server.client.expectReadable(sent);
  const answer = await fetch(`${server.client.url}/api/v1/traces?project=durability&limit=50`);
  expect(answer.status).toBe(200);
  expect(server.complaints).toEqual([]);
});

/**
 * The worst input of each route and signal, on a separate server: slow bodies, large responses that are not read, many
 * readers, long keys. The process stays below the limit in docs/operations.md and releases the memory afterwards.
 */
import { mkdtemp, rm } from 'node:fs/promises';
import { connect, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { waitFor, waitToPass } from '../support/wait-for.ts';
import { createClient, PROJECT, type ProcessClient } from './process-client.ts';
import { costOf, memoryOf } from './process-memory.ts';
import { killServers, type ServerProcess, spawnServer } from './server-process.ts';
import { newSpanId, newTraceId, request, START, span, textAttribute } from './support.ts';

const MIB = 1 << 20;
const STORE_MIB = 1024;
const IN_FLIGHT_MIB = 64;
/** The formula of docs/operations.md for one worker. */
const BOUND_MIB = 400 + 256 + STORE_MIB + 2 * IN_FLIGHT_MIB + 1024;
/** Memory of unread responses: the limit, and those that four requests can read meanwhile. */
const ANSWERS_MIB = 64;

let folder: string;
let server: ServerProcess;
let client: ProcessClient;
let url: URL;
/** Memory of the server after its first loads and reads. */
let usualMib: number;
const sockets = new Set<Socket>();
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'throughline-memory-'));
  server = spawnServer(folder, { env: { THROUGHLINE_STORE_MEMORY_BYTES: String(STORE_MIB * MIB) } });
  const addresses = await server.listening;
  client = createClient(addresses);
  url = new URL(addresses.url);
  for (let turn = 0; turn < 5; turn++) await client.expectWell();
  usualMib = (await memoryOf(server.pid)).now;
});
afterAll(async () => {
  for (const socket of sockets) socket.destroy();
  await killServers();
  await rm(folder, { recursive: true, force: true });
});

/** A client that sends the given bytes and reads nothing. */
function dial(head: readonly string[], body?: Uint8Array): Socket {
  const socket = connect(Number(url.port), url.hostname);
  sockets.add(socket);
  socket.on('error', () => {});
  socket.on('close', () => sockets.delete(socket));
  socket.pause();
  socket.write([...head, 'host: localhost', `x-throughline-project: ${PROJECT}`, '', ''].join('\r\n'));
  if (body) socket.write(body);
  return socket;
}

function hangUp(): void {
  for (const socket of sockets) socket.destroy();
}

const readBound = async () => (await client.metric('throughline_in_flight_bytes')) / MIB;

it.each([
  ['scores', '/api/v1/scores', 4],
  ['traces', '/v1/traces', 16],
  ['logs', '/v1/logs', 16],
  ['metrics', '/v1/metrics', 16],
  ['the SDKs of Langfuse', '/api/public/ingestion', 16],
  ['the SDKs of LangSmith', '/langsmith/runs/multipart', 16],
  ['the SDKs of Braintrust', '/logs3', 16],
])('many bodies of %s that never end use at most the limit of bodies', async (_what, path, mib) => {
  const body = Buffer.alloc(mib * MIB - 1, '[');
  let highest = 0;
  const cost = await costOf(server.pid, async () => {
    for (let number = 0; number < 150; number++)
      dial([`POST ${path} HTTP/1.1`, 'content-type: application/json', `content-length: ${mib * MIB}`], body);
    await waitFor('bodies that fill the bound', async () => {
      highest = Math.max(highest, await readBound());
      return highest >= IN_FLIGHT_MIB / 2;
    });
    await waitFor('requests to wait', async () => (await client.metric('throughline_waiting_requests')) > 20);
    // They are rejected before their bodies are read.
    await waitFor(
      'requests to be refused',
      async () => (await client.metric('throughline_waiting_requests')) === 0,
    );
    highest = Math.max(highest, await readBound());
  });
  hangUp();
  await waitFor('nothing in flight', async () => (await readBound()) === 0);
  expect(highest).toBeLessThanOrEqual(IN_FLIGHT_MIB);
  expect(cost.peakMib).toBeLessThan(BOUND_MIB);
  expect(cost.grownMib).toBeLessThan(4 * IN_FLIGHT_MIB);
  await client.expectWell();
});

it('large unread responses are bounded, and other requests are served once their clients disconnect', async () => {
  const traceId = newTraceId();
  for (let batch = 0; batch < 10; batch++) {
    await client.send(
      Array.from({ length: 2_000 }, (_, index) =>
        span({
          traceId,
          spanId: newSpanId(),
          name: `step ${'n'.repeat(400)}`,
          startTimeUnixNano: String(START + BigInt(batch * 2_000 + index)),
        }),
      ),
    );
  }
  await waitFor('the trace', async () => ((await client.findTrace(traceId))?.spanCount ?? 0) === 20_000);
  const cost = await costOf(server.pid, async () => {
    for (let number = 0; number < 100; number++) dial([`GET /api/v1/traces/${traceId} HTTP/1.1`]);
    const unsent = () => client.metric('throughline_unsent_answer_bytes');
    await waitFor('answers that wait', async () => (await unsent()) / MIB > ANSWERS_MIB / 4);
    await waitFor(
      'readers to be refused',
      async () => (await client.metric('throughline_waiting_reads')) === 0,
    );
    expect((await unsent()) / MIB).toBeLessThan(2 * ANSWERS_MIB);
    expect(await client.metric('throughline_refused_reads_total')).toBeGreaterThan(50);
  });
  hangUp();
  await waitFor('no answers', async () => (await client.metric('throughline_unsent_answer_bytes')) === 0);
  expect(cost.peakMib).toBeLessThan(BOUND_MIB);
  await client.expectWell();
});

it('a thousand readers at once get a response or a retry time', async () => {
  const statuses = new Map<number, number>();
  const cost = await costOf(server.pid, () =>
    Promise.all(
      Array.from({ length: 1000 }, async () => {
        const answer = await fetch(`${url.origin}/api/v1/traces?project=${PROJECT}`);
        await answer.arrayBuffer();
        if (answer.status === 429)
          expect(Number(answer.headers.get('retry-after'))).toBeGreaterThanOrEqual(1);
        statuses.set(answer.status, (statuses.get(answer.status) ?? 0) + 1);
      }),
    ),
  );
  expect([...statuses.keys()].sort()).toEqual([200, 429]);
  expect(cost.peakMib).toBeLessThan(BOUND_MIB);
  await client.expectWell();
});

it('attribute keys of a megabyte that never repeat', async () => {
  let count = 0;
  const send = async (path: string, body: string) => {
    const headers = { 'content-type': 'application/json', 'x-throughline-project': PROJECT };
    const answer = await fetch(url.origin + path, { method: 'POST', headers, body });
    await answer.arrayBuffer();
    expect(answer.status).toBe(200);
  };
  const key = () => textAttribute(`${count++}${'k'.repeat(MIB)}`, 'v');
  const cost = await costOf(server.pid, async () => {
    for (let turn = 0; turn < 60; turn++) {
      const record = { traceId: newTraceId(), spanId: newSpanId(), timeUnixNano: String(START) };
      const log = { ...record, eventName: 'gen_ai.user.message', attributes: [key()] };
      const point = { timeUnixNano: String(START), asInt: '1', attributes: [key()] };
      const metric = { name: 'gen_ai.client.token.usage', sum: { dataPoints: [point] } };
      await send('/v1/traces', request([span({ attributes: [key()] })], { attributes: [key()] }));
      await send('/v1/logs', JSON.stringify({ resourceLogs: [{ scopeLogs: [{ logRecords: [log] }] }] }));
      await send(
        '/v1/metrics',
        JSON.stringify({ resourceMetrics: [{ scopeMetrics: [{ metrics: [metric] }] }] }),
      );
    }
  });
  expect(cost.peakMib).toBeLessThan(BOUND_MIB);
  await client.expectWell();
});

it('in the end the memory is released, and nothing has failed', async () => {
  await client.waitForEmptyJournal();
  for (const held of ['in_flight_bytes', 'waiting_requests', 'reads', 'waiting_reads', 'unsent_answer_bytes'])
    expect([held, await client.metric(`throughline_${held}`)]).toEqual([held, 0]);
  await waitToPass(`memory near the ${Math.round(usualMib)} MiB from before`, async () => {
    // V8 collects garbage only while the process works.
    await client.expectWell();
    const { now } = await memoryOf(server.pid);
    expect(now).toBeLessThan(usualMib + (3 / 4) * STORE_MIB);
  });
  expect(await client.metric('throughline_requests_total', 'status="500"')).toBe(0);
  expect((await memoryOf(server.pid)).peak).toBeLessThan(BOUND_MIB);
});

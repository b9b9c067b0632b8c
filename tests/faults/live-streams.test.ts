/** Clients of the live tail that do not read: they use a bounded amount of the server's memory, which is released. */
import { mkdtemp, rm } from 'node:fs/promises';
import { connect, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { encodeTracesProtobuf } from '../../packages/server/src/testing/otlp/encode-traces.ts';
import { rawSpan } from '../../packages/server/src/testing/raw-span.ts';
import { waitFor } from '../support/wait-for.ts';
import { createClient, type ProcessClient } from './process-client.ts';
import { memoryOf } from './process-memory.ts';
import { httpPost } from './raw-requests.ts';
import { killServers, type ServerProcess, spawnServer } from './server-process.ts';
import { newSpanId, newTraceId } from './support.ts';

const PROJECT = 'watched';
const MAX_STREAMS = 220;
/** Documented limit of all streams together. */
const LIVE_MIB = 32;
/** Memory for connections, for the rows being read, and that the allocator has not released yet. */
const SLACK_MIB = 150;

let folder: string;
let server: ServerProcess;
let client: ProcessClient;
let url: string;
const sockets: Socket[] = [];
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'throughline-live-'));
  server = spawnServer(folder, { env: { THROUGHLINE_MAX_LIVE_STREAMS: String(MAX_STREAMS) } });
  const at = await server.listening;
  url = at.url;
  client = createClient(at);
});
afterAll(async () => {
  for (const socket of sockets) socket.destroy();
  await killServers();
  await rm(folder, { recursive: true, force: true });
});

/** Sends 500 spans with long texts, about a megabyte, and waits until they are loaded and sent to streams. */
async function send(): Promise<void> {
  const traceId = newTraceId();
  const spans = Array.from({ length: 500 }, (_, index) =>
    rawSpan({
      traceId,
      spanId: newSpanId(),
      name: `${index} ${'x'.repeat(450)}`,
      attributes: { 'user.id': `${index} ${'y'.repeat(450)}`, 'session.id': `${index} ${'z'.repeat(450)}` },
    }),
  );
  const answer = await httpPost(url, { body: encodeTracesProtobuf(spans), project: PROJECT });
  expect(answer.status).toBe(200);
  await client.waitForEmptyJournal();
}

/** Requests the live tail, and reads only the status line. */
function silentReader(): Promise<string> {
  const { hostname, port } = new URL(url);
  const socket = connect(Number(port), hostname);
  sockets.push(socket);
  socket.on('error', () => {});
  return new Promise((resolve, reject) => {
    socket.once('error', reject);
    socket.once('readable', () => {
      const head = String(socket.read(12));
      resolve(head.slice(9));
    });
    socket.write(`GET /api/v1/live?project=${PROJECT} HTTP/1.1\r\nhost: 127.0.0.1\r\n\r\n`);
  });
}

const live = (name: string) => client.metric(`throughline_live_${name}`);

it('hundreds of clients that do not read use a bounded amount of memory, and one too many gets 429', async () => {
  // The first loads and reads allocate memory that is not released.
  for (let count = 0; count < 5; count++) await send();
  const statuses = [];
  for (let count = 0; count < MAX_STREAMS + 5; count++) statuses.push(await silentReader());
  expect(statuses.filter((status) => status === '200')).toHaveLength(MAX_STREAMS);
  expect(statuses.filter((status) => status === '429')).toHaveLength(5);
  expect(await live('streams')).toBe(MAX_STREAMS);
  expect(await live('refused_total')).toBe(5);
  const refused = await fetch(`${url}/api/v1/live?project=${PROJECT}`);
  expect(refused.status).toBe(429);
  expect(Number(refused.headers.get('retry-after'))).toBeGreaterThanOrEqual(10);
  expect(await refused.json()).toMatchObject({ code: 'too-many-streams' });

  const before = (await memoryOf(server.pid)).now;
  let highest = before;
  for (let count = 0; count < 16; count++) {
    await send();
    expect(await live('buffered_bytes')).toBeLessThanOrEqual(LIVE_MIB * 2 ** 20);
    highest = Math.max(highest, (await memoryOf(server.pid)).now);
  }
  // Each client was sent much more than the system buffers for it.
  expect(await live('buffered_bytes')).toBeGreaterThan(0);
  expect(highest - before).toBeLessThan(LIVE_MIB + SLACK_MIB);

  for (const socket of sockets) socket.destroy();
  await waitFor('all streams to be gone', async () => (await live('streams')) === 0);
  expect(await live('buffered_bytes')).toBe(0);
  await client.expectWell();
});

it('a slow client gets the number of spans that it missed, and then new spans', async () => {
  const answer = await fetch(`${url}/api/v1/live?project=${PROJECT}`);
  const reader = (answer.body as ReadableStream<Uint8Array>).getReader();
  while ((await live('buffered_bytes')) < 4_000_000) await send();
  for (let count = 0; count < 8; count++) await send();
  let text = '';
  let shown = 0;
  let missed = 0;
  const isComplete = async () => {
    const { value } = await reader.read();
    text += Buffer.from(value as Uint8Array).toString();
    for (let end = text.indexOf('\n\n'); end >= 0; end = text.indexOf('\n\n')) {
      const [, name, data] = /^event: (\w+)\ndata: (.*)$/.exec(text.slice(0, end)) ?? [];
      text = text.slice(end + 2);
      if (name === 'spans') shown += JSON.parse(data as string).spans.length;
      if (name === 'lagged') missed += JSON.parse(data as string).spans;
    }
    return missed > 0 && (await live('buffered_bytes')) === 0;
  };
  while (!(await isComplete()));
  expect(missed).toBeGreaterThan(0);
  expect(shown).toBeGreaterThan(0);
  expect((missed + shown) % 500).toBe(0);
  expect(await live('dropped_rows_total')).toBe(missed);
  expect(await live('lagged_total')).toBe(1);
  await reader.cancel();
});

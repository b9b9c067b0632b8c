/** Tests that the server still serves clients while others send more load than it can process or keep it busy. */
import { execFileSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { connect, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { OTLPTraceExporter } from '@opentelemetry/exporter-trace-otlp-proto';
import { BatchSpanProcessor, NodeTracerProvider } from '@opentelemetry/sdk-trace-node';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openChdbEngine } from '../../packages/server/src/clickhouse/chdb/chdb-engine.ts';
import { encodeTracesProtobuf } from '../../packages/server/src/testing/otlp/encode-traces.ts';
import { rawSpan } from '../../packages/server/src/testing/raw-span.ts';
import { type FloodReport, flood, startSenders } from '../support/overload.ts';
import { waitFor } from '../support/wait-for.ts';
import { createClient, PROJECT, type ProcessClient } from './process-client.ts';
import { grpcCall, httpPost } from './raw-requests.ts';
import { killServers, type ServerProcess, spawnServer } from './server-process.ts';
import { newSpanId, newTraceId } from './support.ts';

const MIB = 1 << 20;

let folder: string;
let server: ServerProcess;
let client: ProcessClient;
let url: string;
let grpcUrl: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'throughline-pressure-'));
  server = spawnServer(folder, { env: { THROUGHLINE_MAX_IN_FLIGHT_BYTES: String(2 * MIB) } });
  ({ url, grpcUrl } = await server.listening);
  client = createClient({ url, grpcUrl });
  await client.expectWell();
});
afterAll(async () => {
  await killServers();
  await rm(folder, { recursive: true, force: true });
});

const TEXT = 'What does it cost to send it back? '.repeat(60);
/** Requests of 420 kB with fresh ids. */
function freshRequest(): { body: Buffer; spans: number } {
  const traceId = newTraceId();
  const spans = Array.from({ length: 200 }, () =>
    rawSpan({ traceId, spanId: newSpanId(), attributes: { 'input.value': TEXT } }),
  );
  return { body: encodeTracesProtobuf(spans), spans: spans.length };
}

/** The same few bodies are sent repeatedly, because encoding costs more than sending. */
const REPEATED = Array.from({ length: 4 }, freshRequest);
let turn = 0;
const next = () => REPEATED[turn++ % REPEATED.length] as { body: Buffer; spans: number };

const sum = (answers: ReadonlyMap<string, number>, names: readonly string[]): number =>
  names.reduce((total, name) => total + (answers.get(name) ?? 0), 0);

/** Increase of `counter` while `send` runs, for each of `count` runs, in ascending order. */
async function growthDuring(
  count: number,
  counter: () => number,
  send: () => Promise<unknown>,
): Promise<number[]> {
  const growths: number[] = [];
  for (let index = 0; index < count; index++) {
    const before = counter();
    await send();
    growths.push(counter() - before);
  }
  return growths.sort((a, b) => a - b);
}

describe('a project that sends fifty requests at a time', () => {
  it.each(['http', 'grpc'] as const)('over %s does not make another project wait', async (transport) => {
    const { body } = freshRequest();
    const quiet = async () => {
      if (transport === 'http')
        expect(await httpPost(url, { body, project: 'quiet' })).toMatchObject({ status: 200 });
      else expect(await grpcCall(grpcUrl, { body, project: 'quiet' })).toMatchObject({ code: 0 });
    };
    const over = new AbortController();
    let accepted = 0;
    const address = transport === 'http' ? url : grpcUrl;
    const noise = flood({
      transport,
      url: address,
      project: 'noisy',
      concurrency: 50,
      next,
      onAnswer: (status) => {
        if (status === '200' || status === 'OK') accepted++;
      },
      until: over.signal,
    });
    await waitFor('requests that wait', async () =>
      (await client.metric('throughline_waiting_requests')) > 0 ? true : undefined,
    );
    const overtaking = await growthDuring(12, () => accepted, quiet);
    over.abort();
    const { answers, withoutRetry } = await noise;
    // Requests of the other project that are already in progress may finish first, but not the fifty that wait.
    expect(overtaking[6]).toBeLessThan(15);
    const refusals = transport === 'http' ? ['429'] : ['UNAVAILABLE'];
    expect([...answers.keys()].sort()).toEqual([transport === 'http' ? '200' : 'OK', ...refusals].sort());
    expect(sum(answers, refusals)).toBeGreaterThan(10);
    expect(withoutRetry).toBe(0);
    expect(await client.metric('throughline_requests_total', `status="${refusals[0]}"`)).toBe(
      sum(answers, refusals),
    );
  });
});

describe('clients that occupy the server', () => {
  /** Opens a connection, writes `first`, and collects the response until the end. */
  async function dial(first: string): Promise<{ socket: Socket; ended: Promise<string> }> {
    const { hostname, port } = new URL(url);
    const socket = connect(Number(port), hostname);
    let text = '';
    socket.on('data', (data) => {
      text += data;
    });
    socket.on('error', () => {});
    const ended = once(socket, 'close').then(() => text);
    await once(socket, 'connect');
    socket.write(first);
    return { socket, ended };
  }
  const HEAD = 'POST /v1/traces HTTP/1.1\r\nhost: localhost\r\ncontent-type: application/json\r\n';

  it('slow headers and bodies end with 408 and do not delay others', async () => {
    const inHeaders = await Promise.all(Array.from({ length: 50 }, () => dial(HEAD)));
    const inBodies = await Promise.all(
      Array.from({ length: 10 }, () => dial(`${HEAD}content-length: 100000\r\n\r\n{`)),
    );
    await waitFor('bodies in progress', async () =>
      (await client.metric('throughline_in_flight_bytes')) >= 1_000_000 ? true : undefined,
    );
    const drip = setInterval(() => {
      for (const { socket } of inHeaders) socket.write('x-drip: 1\r\n');
      for (const { socket } of inBodies) socket.write(' ');
    }, 1000);
    await client.keep();
    const ends = await Promise.all([...inHeaders, ...inBodies].map(({ ended }) => ended));
    clearInterval(drip);
    for (const text of ends) expect(text).toMatch(/^HTTP\/1\.1 408 /);
    const told = /"code":13,"message":"\d+ bytes of the body arrived within (\d+) ms"/.exec(
      ends.at(-1) ?? '',
    );
    expect(Number(told?.[1])).toBeGreaterThan(9_000);
    expect(await client.metric('throughline_requests_total', 'status="408"')).toBe(10);
    expect(await client.metric('throughline_in_flight_bytes')).toBe(0);
    await client.expectWell();
  });

  it('10,000 idle connections, or as many as the system allows, leave room for others', async () => {
    const allowed = Number(execFileSync('sh', ['-c', 'ulimit -n']).toString()) || 1024;
    const count = Math.min(10_000, allowed - 500);
    const { hostname, port } = new URL(url);
    const sockets: Socket[] = [];
    while (sockets.length < count) {
      const group = Array.from({ length: Math.min(500, count - sockets.length) }, () =>
        connect(Number(port), hostname),
      );
      for (const socket of group) socket.on('error', () => {});
      await Promise.all(group.map((socket) => once(socket, 'connect')));
      sockets.push(...group);
    }
    await client.expectWell();
    expect(await client.metric('throughline_in_flight_bytes')).toBe(0);
    for (const socket of sockets) socket.destroy();
    await client.expectWell();
  });
});

it('heavy queries do not stop ingest, and end when their readers disconnect', async () => {
  const traceId = newTraceId();
  for (let batch = 0; batch < 5; batch++) {
    const spans = Array.from({ length: 2000 }, () =>
      rawSpan({ traceId, spanId: newSpanId(), attributes: { 'input.value': TEXT } }),
    );
    expect(await httpPost(url, { body: encodeTracesProtobuf(spans), project: 'queried' })).toMatchObject({
      status: 200,
    });
  }
  const heavy = ['/traces?q=cost&limit=200', '/traces/summary?q=cost&buckets=200', `/traces/${traceId}?`];
  const leaving = new AbortController();
  const ask = async (path: string): Promise<number> => {
    const answer = await fetch(`${url}/api/v1${path}&project=queried`, { signal: leaving.signal });
    await answer.arrayBuffer();
    return answer.status;
  };
  // Until the trace is loaded and settled, it does not exist for readers.
  await waitFor('the trace', async () => (await ask(heavy[2] as string)) === 200);
  let [answered, found] = [0, 0];
  const readers = Array.from({ length: 30 }, async (_, index) => {
    const statuses: number[] = [];
    while (!leaving.signal.aborted) {
      const status = await ask(heavy[index % 3] as string).catch(() => 0);
      statuses.push(status);
      answered++;
      if (status === 200) found++;
    }
    return statuses;
  });
  // A span is acknowledged while readers wait: at most a few responses for each of them come before it.
  for (let kept = 0; kept < 12 || answered < 10; kept++) {
    const [overtaking] = await growthDuring(
      1,
      () => found,
      () => client.keep(),
    );
    expect(overtaking).toBeLessThanOrEqual(3 * readers.length);
  }
  leaving.abort();
  const statuses = new Set((await Promise.all(readers)).flat());
  // 0: the reader disconnected. A query above its limits is rejected, and without a free session the reader has to retry.
  for (const status of statuses) expect([0, 200, 422, 429, 503]).toContain(status);
  expect(statuses.has(200)).toBe(true);
  await client.expectWell();
});

it('a sustained overload from standard exporters ends with every span stored once', async () => {
  const senders = { senders: 4, batchSpans: 256, textLength: 1000 };
  const http = startSenders({ ...senders, transport: 'http', url, project: 'http' });
  const grpc = startSenders({ ...senders, transport: 'grpc', url: grpcUrl, project: 'grpc' });
  const over = new AbortController();
  const seen = { accepted: 0, refused: 0 };
  const onAnswer = (status: string) => {
    if (status === '200' || status === 'OK') seen.accepted++;
    else seen.refused++;
  };
  const floods = [
    flood({
      transport: 'http',
      url,
      project: 'flood-http',
      concurrency: 30,
      next: freshRequest,
      onAnswer,
      until: over.signal,
    }),
    flood({
      transport: 'grpc',
      url: grpcUrl,
      project: 'flood-grpc',
      concurrency: 30,
      next: freshRequest,
      onAnswer,
      until: over.signal,
    }),
  ];
  await waitFor('a lot of accepted and refused requests', () => seen.accepted > 30 && seen.refused > 60);
  over.abort();
  const [httpFlood, grpcFlood] = (await Promise.all(floods)) as [FloodReport, FloodReport];
  const [httpReport, grpcReport] = await Promise.all([http.finish(), grpc.finish()]);
  for (const { answers, withoutRetry } of [httpFlood, grpcFlood]) {
    for (const status of answers.keys())
      expect(['200', '429', '503', 'OK', 'UNAVAILABLE', 'RESOURCE_EXHAUSTED']).toContain(status);
    expect(withoutRetry).toBe(0);
    expect(sum(answers, ['429', 'UNAVAILABLE'])).toBeGreaterThan(0);
  }
  for (const report of [httpReport, grpcReport]) {
    expect(report).toMatchObject({ dropped: 0, failures: {}, exported: report.produced });
    expect(report.produced).toBeGreaterThan(500);
  }
  expect((await server.kill('SIGTERM')).code).toBe(0);
  const engine = await openChdbEngine({ dataDir: folder });
  const rows = await engine.query<{ project: string; spans: string; ids: string }>(
    'SELECT project, count() AS spans, uniqExact(trace_id, span_id) AS ids FROM spans FINAL GROUP BY project',
  );
  await engine.close();
  const stored = Object.fromEntries(
    rows.map(({ project, spans, ids }) => [project, [Number(spans), Number(ids)]]),
  );
  const twice = (count: number | undefined) => [count, count];
  expect(stored).toMatchObject({
    http: twice(httpReport.produced),
    grpc: twice(grpcReport.produced),
    'flood-http': twice(httpFlood.acceptedSpans),
    'flood-grpc': twice(grpcFlood.acceptedSpans),
  });
});

it('a full journal rejects requests over both transports with a retry time', async () => {
  const small = spawnServer(await mkdtemp(join(folder, 'full-')), {
    env: { THROUGHLINE_MAX_JOURNAL_BYTES: '1024' },
  });
  const at = await small.listening;
  const { body } = freshRequest();
  const message = 'the rows that are not in the store yet have reached the limit of 1024 bytes';
  expect(await httpPost(at.url, { body })).toEqual({
    status: 503,
    message,
    retryAfter: expect.toBeOneOf([2, 3]),
  });
  expect(await grpcCall(at.grpcUrl, { body })).toEqual({ code: 14, message, retries: true });
  const reader = createClient(at);
  expect(await reader.metric('throughline_requests_total', 'status="503"')).toBe(1);
  expect(await reader.metric('throughline_requests_total', 'status="UNAVAILABLE"')).toBe(1);
  expect(await reader.metric('throughline_in_flight_bytes')).toBe(0);
  await small.kill();
});

it('an OpenTelemetry exporter loses nothing if the journal is full for a moment', async () => {
  const small = spawnServer(await mkdtemp(join(folder, 'moment-')), {
    env: { THROUGHLINE_MAX_JOURNAL_BYTES: String(2 * MIB) },
  });
  const at = await small.listening;
  const reader = createClient(at);
  const headers = { 'x-throughline-project': PROJECT };
  const exporter = new OTLPTraceExporter({ url: `${at.url}/v1/traces`, headers });
  const provider = new NodeTracerProvider({ spanProcessors: [new BatchSpanProcessor(exporter)] });
  const span = provider.getTracer('test').startSpan('patient');
  // Larger than what finds no room below.
  span.setAttribute('input.value', TEXT.repeat(250)).end();
  const { body } = freshRequest();
  while ((await httpPost(at.url, { body })).status === 200);
  await provider.forceFlush();
  expect(await reader.metric('throughline_requests_total', 'status="503"')).toBeGreaterThanOrEqual(2);
  const { traceId } = span.spanContext();
  const trace = await waitFor('the trace of the exporter', () => reader.findTrace(traceId));
  expect(trace.spans.map(({ name }) => name)).toEqual(['patient']);
  await provider.shutdown();
  await small.kill();
});

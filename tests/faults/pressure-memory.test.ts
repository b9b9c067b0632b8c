/** Input that needs much memory or time, each on its own server: it stays within its limit and does not affect others. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { deflateSync, gzipSync, zstdCompressSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { encodeTracesProtobuf } from '../../packages/server/src/testing/otlp/encode-traces.ts';
import { rawSpan } from '../../packages/server/src/testing/raw-span.ts';
import { createClient, type ProcessClient } from './process-client.ts';
import { costOf, memoryOf } from './process-memory.ts';
import { type GrpcAnswer, grpcCall, grpcClientCall, type HttpAnswer, httpPost } from './raw-requests.ts';
import { killServers, type ServerProcess, spawnServer } from './server-process.ts';
import { attribute, newSpanId, newTraceId, request, span, textAttribute } from './support.ts';

const MIB = 1 << 20;
const LIMIT = 64 * MIB;
const IN_FLIGHT_MIB = 64;
const STORE_MIB = 1536;
/**
 * The documented limit: memory of an idle server, the limit of the store, twice the limit of requests (admitted and
 * unread), and for each worker the memory to decode a body of maximum size, with the worst known JSON.
 */
const BASE_MIB = 400;
const WORKER_MIB = 1024;
const BOUND_MIB = BASE_MIB + STORE_MIB + 2 * IN_FLIGHT_MIB + WORKER_MIB;

let folder: string;
let server: ServerProcess;
let client: ProcessClient;
let url: string;
let grpcUrl: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'throughline-memory-'));
  server = spawnServer(folder, { env: { THROUGHLINE_STORE_MEMORY_BYTES: String(STORE_MIB * MIB) } });
  ({ url, grpcUrl } = await server.listening);
  client = createClient({ url, grpcUrl });
  await client.expectWell();
});
afterAll(async () => {
  await killServers();
  await rm(folder, { recursive: true, force: true });
});

const zeros = Buffer.alloc(LIMIT + 1);
const PACKED = { gzip: gzipSync(zeros), deflate: deflateSync(zeros), zstd: zstdCompressSync(zeros) };
const TOO_LARGE = 'the body is larger than 67108864 bytes after decompression';

/** A span whose request is just below the limit. */
function largest(): Buffer {
  const attributes = { 'input.value': 'Lorem ipsum 64 '.repeat((LIMIT - 10_000) / 15) };
  return encodeTracesProtobuf([rawSpan({ traceId: newTraceId(), spanId: newSpanId(), attributes })]);
}

const all = <Answer>(count: number, send: (index: number) => Promise<Answer>): Promise<Answer[]> =>
  Promise.all(Array.from({ length: count }, (_, index) => send(index)));

/** Other requests are served meanwhile. */
async function besides<Result>(run: () => Promise<Result>): Promise<Result> {
  let isOver = false;
  const neighbour = (async () => {
    while (!isOver) await client.keep({ name: 'neighbour' });
  })();
  const result = await run();
  isOver = true;
  await neighbour;
  return result;
}

describe('a single request', () => {
  const nested = (depth: number): string =>
    `${'{"arrayValue":{"values":['.repeat(depth)}{"stringValue":"bottom"}${']}}'.repeat(depth)}`;
  const many = () => {
    const traceId = newTraceId();
    return encodeTracesProtobuf(
      Array.from({ length: 100_000 }, (_, index) =>
        rawSpan({ traceId, spanId: (2 ** 44 + index).toString(16).padStart(16, '0') }),
      ),
    );
  };
  it.each<readonly [what: string, maxMib: number, maxSeconds: number, body: () => Buffer | string]>([
    [
      'values nested 10,000 deep, a hundred times',
      WORKER_MIB,
      10,
      () =>
        request(
          Array.from({ length: 100 }, () => span({ attributes: [attribute('deep', 'HERE')] })),
        ).replaceAll('"HERE"', nested(10_000)),
    ],
    [
      'a million empty values',
      400,
      10,
      () =>
        request([
          span({ attributes: [attribute('many', { arrayValue: { values: Array(1_000_000).fill({}) } })] }),
        ]),
    ],
    [
      'a thousand sparse indexes',
      100,
      5,
      () =>
        request(
          Array.from({ length: 1000 }, (_, index) =>
            span({ attributes: [textAttribute(`gen_ai.prompt.${999_999_999 - index}.content`, 'far')] }),
          ),
        ),
    ],
    [
      'a thousand spans in 2262 and beyond',
      100,
      5,
      () =>
        request(
          Array.from({ length: 1000 }, (_, index) =>
            span({ endTimeUnixNano: String(2n ** 63n - 500n + BigInt(index)) }),
          ),
        ),
    ],
    [
      'a thousand integers beyond 2^63',
      100,
      5,
      () =>
        request(
          Array.from({ length: 1000 }, () =>
            span({ attributes: [attribute('n', { intValue: String(2n ** 63n) })] }),
          ),
        ),
    ],
    ['100,000 spans in one request', 600, 20, many],
    [
      'an attribute of 50 MB',
      900,
      20,
      () =>
        encodeTracesProtobuf([
          rawSpan({
            traceId: newTraceId(),
            spanId: newSpanId(),
            attributes: { blob: 'Lorem ipsum 50 '.repeat(3_333_334) },
          }),
        ]),
    ],
  ])('%s', async (_what, maxMib, maxSeconds, make) => {
    const body = make();
    const cost = await costOf(server.pid, async () => {
      const answer = await httpPost(url, {
        body,
        type: typeof body === 'string' ? 'application/json' : 'application/x-protobuf',
      });
      expect([200, 413]).toContain(answer.status);
    });
    expect(cost.grownMib).toBeLessThan(maxMib);
    expect(cost.seconds).toBeLessThan(maxSeconds);
    await client.expectWell();
  });
});

describe('many requests at once', () => {
  it.each(['gzip', 'deflate', 'zstd'] as const)('15 %s bombs over each transport', async (encoding) => {
    const body = PACKED[encoding];
    const nested = gzipSync(body);
    let http: HttpAnswer[] = [];
    let inner: HttpAnswer[] = [];
    let grpc: GrpcAnswer[] = [];
    const refused = await client.metric('throughline_requests_total', 'status="413"');
    const cost = await costOf(server.pid, () =>
      besides(async () => {
        [http, inner, grpc] = await Promise.all([
          all(10, () => httpPost(url, { body, encoding })),
          all(5, () => httpPost(url, { body: nested, encoding: 'gzip' })),
          all(15, () => grpcCall(grpcUrl, { body, encoding })),
        ]);
      }),
    );
    expect(new Set(http.map(({ status, message }) => `${status} ${message}`))).toEqual(
      new Set([`413 ${TOO_LARGE}`]),
    );
    // Only the outer one is decompressed. Its content is not protobuf.
    expect(new Set(inner.map(({ status }) => status))).toEqual(new Set([400]));
    expect(new Set(grpc.map(({ code, message }) => `${code} ${message}`))).toEqual(
      new Set([`8 ${TOO_LARGE}`]),
    );
    expect(await client.metric('throughline_requests_total', 'status="413"')).toBe(refused + 10);
    expect(cost.peakMib).toBeLessThan(BOUND_MIB);
    expect(cost.seconds).toBeLessThan(15);
  });

  it('more bodies of maximum size than fit, over each transport: some are rejected, the rest is stored', async () => {
    const bodies = [largest(), largest(), largest()];
    let statuses: (number | undefined)[] = [];
    const cost = await costOf(server.pid, () =>
      besides(async () => {
        const [http, grpc] = await Promise.all([
          all(3, (index) => httpPost(url, { body: bodies[index] as Buffer })),
          all(3, (index) => grpcClientCall(grpcUrl, { body: bodies[index] as Buffer })),
        ]);
        statuses = [...http.map(({ status }) => status), ...grpc.map(({ code }) => code)];
        for (const { status, retryAfter } of http)
          if (status === 429) expect(retryAfter).toBeGreaterThanOrEqual(1);
        for (const { code, retries } of grpc) if (code === 14) expect(retries).toBe(true);
      }),
    );
    for (const status of statuses) expect([200, 429, 0, 14]).toContain(status);
    expect(statuses.some((status) => status === 200 || status === 0)).toBe(true);
    expect(cost.peakMib).toBeLessThan(BOUND_MIB);
    await client.expectWell();
  });
});

it('in the end no memory is reserved', async () => {
  expect(await client.metric('throughline_in_flight_bytes')).toBe(0);
  expect(await client.metric('throughline_waiting_requests')).toBe(0);
  expect(await client.metric('throughline_worker_queue')).toBe(0);
  expect((await memoryOf(server.pid)).peak).toBeLessThan(BOUND_MIB);
  expect(await client.metric('throughline_requests_total', 'status="500"')).toBe(0);
  expect(await client.metric('throughline_requests_total', 'status="INTERNAL"')).toBe(0);
});

import { mkdtemp, rm } from 'node:fs/promises';
import { connect as connectHttp2 } from 'node:http2';
import { type AddressInfo, connect, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { deflateSync, gzipSync, zstdCompressSync } from 'node:zlib';
import { Client, credentials, Metadata, type ServiceError, status } from '@grpc/grpc-js';
import type { RawSpan } from '@throughline/spans';
import { eventually } from '@throughline/tests/eventually';
import fc from 'fast-check';
import { pino } from 'pino';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { createApiKeys } from '../../access/api-keys.ts';
import { Admission } from '../../admission/admission.ts';
import type { Config } from '../../config/config.ts';
import { ThroughlineError } from '../../errors/errors.ts';
import type { RunningServer } from '../../main.ts';
import { LENGTH, ProtobufReader, tag, VARINT } from '../../otlp/protobuf/protobuf-reader.ts';
import { arbitraryRawSpan } from '../../testing/otlp/arbitrary-raw-span.ts';
import { encodeTracesProtobuf } from '../../testing/otlp/encode-traces.ts';
import { startTestServer } from '../../testing/test-server.ts';
import { GrpcListenError, startGrpcServer } from './grpc-server.ts';
import { grpcFailureOf } from './grpc-status.ts';

const MAX_BODY = 1 << 20;
const TRACES = 'opentelemetry.proto.collector.trace.v1.TraceService';
const quiet = pino({ level: 'silent' });

let folder: string;
let server: RunningServer;
let client: Client;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'throughline-grpc-'));
});
afterAll(() => rm(folder, { recursive: true }));
const others: (() => unknown)[] = [];
afterEach(async () => {
  for (let close = others.pop(); close; close = others.pop()) await close();
});

const startOn = (name: string, config: Partial<Config> = {}) =>
  startTestServer({ dataDir: join(folder, name), config: { maxBodyBytes: MAX_BODY, ...config } });

function clientOf({ grpcUrl }: RunningServer): Client {
  return new Client(new URL(grpcUrl).host, credentials.createInsecure(), {
    'grpc.use_local_subchannel_pool': 1,
  });
}

interface CallOptions {
  readonly project?: string;
  readonly service?: string;
}

function call(of: Client, body: Uint8Array, options: CallOptions = {}): Promise<Buffer> {
  const metadata = new Metadata();
  if (options.project !== undefined) metadata.set('x-throughline-project', options.project);
  const asIs = (buffer: Buffer): Buffer => buffer;
  return new Promise((resolve, reject) => {
    of.makeUnaryRequest(
      `/${options.service ?? TRACES}/Export`,
      asIs,
      asIs,
      Buffer.from(body),
      metadata,
      (error, response) => (error ? reject(error) : resolve(response as Buffer)),
    );
  });
}

const failure = (promise: Promise<unknown>): Promise<ServiceError> =>
  promise.then(
    () => {
      throw new Error('expected the call to fail');
    },
    (error: ServiceError) => error,
  );

/** Decodes `grpc-status-details-bin`: the code, and the retry delay in seconds. */
function detailsOf(details: Buffer): { code: number; retrySeconds: number | undefined } {
  const reader = new ProtobufReader(details);
  let code = 0;
  let retrySeconds: number | undefined;
  while (reader.next()) {
    if (reader.tag === tag(1, VARINT)) code = reader.uint32();
    else if (reader.tag === tag(3, LENGTH)) {
      const any = reader.enter();
      while (reader.next()) {
        if (reader.tag === tag(1, LENGTH))
          expect(reader.string()).toBe('type.googleapis.com/google.rpc.RetryInfo');
        else {
          const info = reader.enter();
          reader.next();
          const duration = reader.enter();
          reader.next();
          retrySeconds = reader.uint32();
          reader.leave(duration);
          reader.leave(info);
        }
      }
      reader.leave(any);
    } else reader.skip();
  }
  return { code, retrySeconds };
}

const detailsOfError = (error: ServiceError) =>
  detailsOf(error.metadata.get('grpc-status-details-bin')[0] as Buffer);

let lastSpan = 0;
function spans(count: number, change: Partial<RawSpan> = {}): RawSpan[] {
  const [blank] = fc.sample(arbitraryRawSpan, { numRuns: 1, seed: 5 });
  return Array.from({ length: count }, () => ({
    ...(blank as RawSpan),
    startTimeUnixNano: 1_795_000_000_000_000_000n,
    spanId: (2 ** 40 + ++lastSpan).toString(16).padStart(16, '0'),
    resource: { attributes: new Map(), droppedAttributesCount: 0, schemaUrl: '' },
    ...change,
  }));
}

async function countIn(project: string, of: RunningServer = server): Promise<number> {
  const [row] = await of.engine.query<{ n: string }>(
    'SELECT count() AS n FROM spans FINAL WHERE project = {project:String}',
    { project },
  );
  return Number(row?.n);
}

/** Starts a server for these tests. Only one server per process can use a store at a time. */
function withServer(): void {
  beforeAll(async () => {
    server = await startOn('shared');
    client = clientOf(server);
  });
  afterAll(async () => {
    client.close();
    await server.stop();
  });
}

describe('spans over gRPC', () => {
  withServer();

  test('are acknowledged with an empty message and readable soon afterwards', async () => {
    const response = await call(client, encodeTracesProtobuf(spans(3)), { project: 'plain' });
    expect(response).toHaveLength(0);
    await eventually('the number of spans', () => countIn('plain')).toBe(3);
  });

  test('can be compressed with gzip', async () => {
    const gzip = new Client(new URL(server.grpcUrl).host, credentials.createInsecure(), {
      'grpc.default_compression_algorithm': 2,
      'grpc.use_local_subchannel_pool': 1,
    });
    others.push(() => gzip.close());
    await call(gzip, encodeTracesProtobuf(spans(4)), { project: 'gzip' });
    await eventually('the number of spans', () => countIn('gzip')).toBe(4);
  });

  test('an empty request is acknowledged', async () => {
    expect(await call(client, Buffer.alloc(0))).toHaveLength(0);
  });

  test('rejected spans are counted in the response, and the others are stored', async () => {
    const body = encodeTracesProtobuf([...spans(2), ...spans(1, { traceId: '' })]);
    const response = await call(client, body, { project: 'partial' });
    expect(partialOf(response)).toEqual({
      rejected: 1,
      message: '1 of 3 spans were rejected. 1: the trace id is missing.',
    });
    await eventually('the number of spans', () => countIn('partial')).toBe(2);
  });
});

function partialOf(response: Buffer): { rejected: number; message: string } {
  const reader = new ProtobufReader(response);
  let [rejected, message] = [0, ''];
  reader.next();
  const outer = reader.enter();
  while (reader.next()) {
    if (reader.tag === tag(1, VARINT)) rejected = reader.uint32();
    else message = reader.string();
  }
  reader.leave(outer);
  return { rejected, message };
}

describe('the status of a failed call', () => {
  withServer();

  test('invalid protobuf gets INVALID_ARGUMENT', async () => {
    const error = await failure(call(client, Buffer.from([0x0a, 0x05, 0x00])));
    expect([error.code, error.details]).toEqual([
      status.INVALID_ARGUMENT,
      '5 bytes needed at byte 1, but the message ends at byte 3',
    ]);
    expect(detailsOfError(error)).toEqual({ code: 3, retrySeconds: undefined });
  });

  test('an invalid project name gets INVALID_ARGUMENT', async () => {
    const error = await failure(call(client, Buffer.alloc(0), { project: 'x'.repeat(129) }));
    expect([error.code, error.details]).toEqual([
      status.INVALID_ARGUMENT,
      'the header x-throughline-project is not 1 to 128 printable characters',
    ]);
  });

  test('a message that is too large gets RESOURCE_EXHAUSTED without RetryInfo', async () => {
    const error = await failure(call(client, Buffer.alloc(MAX_BODY + 1)));
    expect([error.code, error.details]).toEqual([
      status.RESOURCE_EXHAUSTED,
      'the message has 1048577 bytes, the limit is 1048576',
    ]);
    expect(detailsOfError(error)).toEqual({ code: 8, retrySeconds: undefined });
  });

  test('a gzip bomb gets RESOURCE_EXHAUSTED, and the server continues', async () => {
    const gzip = new Client(new URL(server.grpcUrl).host, credentials.createInsecure(), {
      'grpc.default_compression_algorithm': 2,
      'grpc.use_local_subchannel_pool': 1,
    });
    others.push(() => gzip.close());
    const error = await failure(call(gzip, Buffer.alloc(64 << 20)));
    expect([error.code, error.details]).toEqual([
      status.RESOURCE_EXHAUSTED,
      'the body is larger than 1048576 bytes after decompression',
    ]);
    expect(await call(client, Buffer.alloc(0))).toHaveLength(0);
  });

  test('an unknown service gets UNIMPLEMENTED', async () => {
    const error = await failure(call(client, Buffer.alloc(0), { service: 'some.Service' }));
    expect([error.code, error.details]).toEqual([
      status.UNIMPLEMENTED,
      'there is no method /some.Service/Export',
    ]);
  });

  test.each([
    ['overloaded', 14, [1, 2, 3]],
    ['shutting-down', 14, [1, 2, 3]],
    ['journal-unavailable', 14, [2, 3]],
    ['body-too-large', 8, [undefined]],
    ['malformed-body', 3, [undefined]],
    ['too-slow', 4, [undefined]],
    ['internal', 13, [undefined]],
  ] as const)('%s becomes code %i, with the retry delay of its error', (code, grpcCode, retrySeconds) => {
    const found = grpcFailureOf(new ThroughlineError(code, 'why'));
    expect(found.code).toBe(grpcCode);
    const details = detailsOf(found.details);
    expect(details.code).toBe(grpcCode);
    expect(details.retrySeconds).toBeOneOf([...retrySeconds]);
  });

  test('an internal error reveals no details', () => {
    expect(grpcFailureOf(new Error('secret'))).toMatchObject({
      code: 13,
      message: 'the server failed; its log has the cause',
    });
  });
});

/** A call with arbitrary frames, which no client library would send. */
interface RawCall {
  readonly path?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly frames: readonly Uint8Array[];
  readonly ends?: boolean;
}

async function rawCall(port: number, { path, headers, frames, ends = true }: RawCall) {
  const session = connectHttp2(`http://127.0.0.1:${port}`);
  others.push(() => session.destroy());
  const stream = session.request({
    ':method': 'POST',
    ':path': path ?? `/${TRACES}/Export`,
    'content-type': 'application/grpc',
    te: 'trailers',
    ...headers,
  });
  stream.on('error', () => {});
  for (const frame of frames) stream.write(frame);
  if (ends) stream.end();
  const found: Record<string, unknown> = {};
  const bytes: Buffer[] = [];
  stream.on('response', (received) => Object.assign(found, received));
  stream.on('trailers', (received) => Object.assign(found, received));
  stream.on('data', (chunk: Buffer) => bytes.push(chunk));
  await new Promise((resolve) => stream.on('close', resolve));
  return {
    http: found[':status'],
    code: found['grpc-status'] === undefined ? undefined : Number(found['grpc-status']),
    message: decodeURIComponent(String(found['grpc-message'] ?? '')),
    body: Buffer.concat(bytes),
  };
}

const framed = (message: Uint8Array, flag = 0): Buffer => {
  const prefix = Buffer.from([flag, 0, 0, 0, 0]);
  prefix.writeUInt32BE(message.length, 1);
  return Buffer.concat([prefix, message]);
};

describe('raw calls', () => {
  withServer();
  const port = () => Number(new URL(server.grpcUrl).port);
  const EMPTY = Buffer.from([0, 0, 0, 0, 0]);
  const body = framed(encodeTracesProtobuf(spans(2)));

  test('a message can arrive byte by byte', async () => {
    const frames = Array.from(framed(encodeTracesProtobuf(spans(1))), (byte) => Buffer.from([byte]));
    expect(await rawCall(port(), { frames })).toEqual({ http: 200, code: 0, message: '', body: EMPTY });
  });

  test.each([
    ['zstd', zstdCompressSync],
    ['deflate', deflateSync],
    ['gzip', gzipSync],
  ] as const)('a message can be compressed with %s', async (encoding, compress) => {
    const project = `wire ${encoding}`;
    const headers = { 'grpc-encoding': encoding, 'x-throughline-project': project };
    const frames = [framed(compress(encodeTracesProtobuf(spans(2))), 1)];
    expect(await rawCall(port(), { headers, frames })).toMatchObject({ code: 0 });
    await eventually('the number of spans', () => countIn(project)).toBe(2);
  });

  test.each<readonly [what: string, call: RawCall, code: number, message: string]>([
    ['nothing at all', { frames: [] }, 3, 'the message ended early'],
    ['half a message', { frames: [body.subarray(0, 40)] }, 3, 'the message ended early'],
    ['two messages', { frames: [body, body] }, 3, 'the call has more than one message'],
    [
      'a message with a length of 4 GiB',
      { frames: [Buffer.from([0, 255, 255, 255, 255])], ends: false },
      8,
      'the message has 4294967295 bytes, the limit is 1048576',
    ],
    [
      'an unknown compression',
      { frames: [framed(Buffer.from('x'), 1)], headers: { 'grpc-encoding': 'snappy' } },
      12,
      'the message is compressed with "snappy", expected gzip, deflate or zstd',
    ],
    [
      'invalid gzip',
      { frames: [framed(Buffer.from('x'), 1)], headers: { 'grpc-encoding': 'gzip' } },
      3,
      'not gzip: unexpected end of file',
    ],
  ])('%s', async (_what, call, code, message) => {
    expect(await rawCall(port(), call)).toMatchObject({ http: 200, code, message });
  });

  test('a request that is not gRPC gets 415', async () => {
    const headers = { 'content-type': 'text/html' };
    expect(await rawCall(port(), { frames: [], headers })).toMatchObject({ http: 415, code: undefined });
  });

  test('a client that uses HTTP/1.1 is disconnected, and the server continues', async () => {
    const socket = connect(port(), '127.0.0.1');
    socket.write('POST /v1/traces HTTP/1.1\r\nhost: localhost\r\n\r\n');
    await new Promise((resolve) => socket.on('close', resolve).resume());
    expect(await call(client, Buffer.alloc(0))).toHaveLength(0);
  });
});

describe('calls in progress', () => {
  /** Starts a server that answers no call until the test lets it. */
  async function startAlone(admission: Admission) {
    const held: (() => void)[] = [];
    const answered: string[] = [];
    const alone = await startGrpcServer(
      {
        apiKeys: createApiKeys([]),
        admission,
        pace: { graceMs: 200, bytesPerSecond: 1000 },
        maxBodyBytes: MAX_BODY,
        log: quiet,
        onAnswered: ({ status }) => answered.push(status),
        acceptOtlp: () => new Promise((resolve) => held.push(() => resolve(undefined))),
      },
      { host: '127.0.0.1', port: 0 },
    );
    others.push(() => alone.close());
    const to = clientOf({ grpcUrl: `http://127.0.0.1:${alone.port}` } as RunningServer);
    others.push(() => to.close());
    return { held, port: alone.port, to, answered };
  }

  test('wait if there is no room, and are rejected with RetryInfo if they wait too long', async () => {
    const admission = new Admission({ maxBytes: 100_000, maxWaitMs: 300 });
    const { held, to } = await startAlone(admission);
    const first = call(to, Buffer.alloc(90_000));
    await eventually('the requests in progress', () => held.length).toBe(1);
    const error = await failure(call(to, Buffer.alloc(50_000)));
    expect([error.code, error.details]).toEqual([
      status.UNAVAILABLE,
      'the server has more requests than it can hold: there was no room within 0.3 seconds',
    ]);
    const { code, retrySeconds } = detailsOfError(error);
    expect(code).toBe(14);
    expect([1, 2, 3]).toContain(retrySeconds);
    const patient = call(to, Buffer.alloc(50_000));
    await eventually('the waiting requests', () => admission.waiting).toBe(1);
    held.shift()?.();
    expect(await first).toHaveLength(0);
    await eventually('the requests in progress', () => held.length).toBe(1);
    held.shift()?.();
    expect(await patient).toHaveLength(0);
    await eventually('the reserved bytes', () => admission.bytes).toBe(0);
  });

  test('end if their message does not arrive, and their memory is released', async () => {
    const admission = new Admission({ maxBytes: 1 << 20 });
    const { port } = await startAlone(admission);
    const slow = rawCall(port, { frames: [framed(Buffer.alloc(50_000)).subarray(0, 20)], ends: false });
    await eventually('the reserved bytes', () => admission.bytes).toBe(50_000);
    expect(await slow).toMatchObject({
      code: 4,
      message: expect.stringMatching(/^20 bytes of the body arrived within \d+ ms$/),
    });
    await eventually('the reserved bytes', () => admission.bytes).toBe(0);
  });

  test('release everything if the client cancels them', async () => {
    const admission = new Admission({ maxBytes: 100_000 });
    const { held, port, to, answered } = await startAlone(admission);
    const first = call(to, Buffer.alloc(90_000));
    await eventually('the requests in progress', () => held.length).toBe(1);
    const session = connectHttp2(`http://127.0.0.1:${port}`);
    const stream = session.request({
      ':method': 'POST',
      ':path': `/${TRACES}/Export`,
      'content-type': 'application/grpc',
    });
    stream.on('error', () => {});
    stream.write(framed(Buffer.alloc(60_000)));
    await eventually('the waiting requests', () => admission.waiting).toBe(1);
    stream.close(8);
    await eventually('the waiting requests', () => admission.waiting).toBe(0);
    await eventually('the statuses', () => answered).toContain('CANCELLED');
    session.destroy();
    held.shift()?.();
    await first;
    await eventually('the reserved bytes', () => admission.bytes).toBe(0);
  });
});

describe('start and stop', () => {
  test('a full journal gets UNAVAILABLE with RetryInfo', async () => {
    const full = await startOn('full', { maxJournalBytes: 100 });
    const other = clientOf(full);
    others.push(
      () => full.stop(),
      () => other.close(),
    );
    const error = await failure(call(other, encodeTracesProtobuf(spans(1))));
    expect([error.code, error.details]).toEqual([
      status.UNAVAILABLE,
      'the rows that are not in the store yet have reached the limit of 100 bytes',
    ]);
    const { code, retrySeconds } = detailsOfError(error);
    expect(code).toBe(14);
    expect([2, 3]).toContain(retrySeconds);
  });

  test('the error for a port in use names the port and the fix', async () => {
    const blocker = createServer();
    await new Promise<void>((resolve) => blocker.listen(0, '127.0.0.1', resolve));
    others.push(() => blocker.close());
    const { port } = blocker.address() as AddressInfo;
    const error: unknown = await startOn('taken', { grpcPort: port }).catch((e) => e);
    expect(error).toBeInstanceOf(GrpcListenError);
    expect((error as Error).message).toBe(
      `Port ${port} of OTLP/gRPC is in use. Stop the process that uses it, or choose a different port with --grpc-port.`,
    );
  });

  test('a call in progress while the server stops is acknowledged and stored', async () => {
    const first = await startOn('stopping');
    const other = clientOf(first);
    others.push(() => other.close());
    await call(other, Buffer.alloc(0));
    const calls = Array.from({ length: 5 }, () =>
      call(other, encodeTracesProtobuf(spans(200)), { project: 'stopping' }).then(
        () => 200,
        () => 0,
      ),
    );
    const stopped = first.stop();
    const acknowledged = (await Promise.all(calls)).reduce((sum, count) => sum + count, 0);
    await stopped;
    const second = await startOn('stopping');
    others.push(() => second.stop());
    expect(await countIn('stopping', second)).toBe(acknowledged);
  });
});

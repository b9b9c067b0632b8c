import { mkdtemp, rm } from 'node:fs/promises';
import { connect as connectHttp2 } from 'node:http2';
import { type AddressInfo, connect, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  Client,
  credentials,
  Metadata,
  Server,
  ServerCredentials,
  type ServiceError,
  status,
} from '@grpc/grpc-js';
import type { RawSpan } from '@throughline/spans';
import fc from 'fast-check';
import { pino } from 'pino';
import { afterAll, afterEach, beforeAll, describe, expect, test, vi } from 'vitest';
import { type Config, readConfig } from '../../config.ts';
import { ThroughlineError } from '../../errors.ts';
import { type RunningServer, startServer } from '../../main.ts';
import { InFlightBytes } from '../admission.ts';
import { admitCalls } from './grpc-admission.ts';
import { GrpcListenError } from './grpc-server.ts';
import { grpcFailureOf } from './grpc-status.ts';
import { LENGTH, ProtobufReader, tag, VARINT } from './protobuf-reader.ts';
import { arbitraryRawSpan } from './testing/arbitrary-raw-span.ts';
import { encodeTracesProtobuf } from './testing/encode-traces.ts';

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

const config = (name: string, change: Partial<Config> = {}): Config => ({
  ...readConfig({}, { data: join(folder, name), port: 0 }),
  maxBodyBytes: MAX_BODY,
  workers: 1,
  ...change,
});

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

/** Of `grpc-status-details-bin`: the code, and the seconds after which to try again. */
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

/** The store bears one server in a process at a time. */
function withServer(): void {
  beforeAll(async () => {
    server = await startServer(config('shared'), quiet);
    client = clientOf(server);
  });
  afterAll(async () => {
    client.close();
    await server.stop();
  });
}

describe('spans over gRPC', () => {
  withServer();

  test('are acknowledged with an empty message and readable soon after', async () => {
    const response = await call(client, encodeTracesProtobuf(spans(3)), { project: 'plain' });
    expect(response).toHaveLength(0);
    await vi.waitFor(async () => expect(await countIn('plain')).toBe(3), { timeout: 10_000 });
  });

  test('compressed with gzip are the same', async () => {
    const gzip = new Client(new URL(server.grpcUrl).host, credentials.createInsecure(), {
      'grpc.default_compression_algorithm': 2,
      'grpc.use_local_subchannel_pool': 1,
    });
    others.push(() => gzip.close());
    await call(gzip, encodeTracesProtobuf(spans(4)), { project: 'gzip' });
    await vi.waitFor(async () => expect(await countIn('gzip')).toBe(4), { timeout: 10_000 });
  });

  test('an empty request is acknowledged', async () => {
    expect(await call(client, Buffer.alloc(0))).toHaveLength(0);
  });

  test('rejected ones are counted in the answer, the others kept', async () => {
    const body = encodeTracesProtobuf([...spans(2), ...spans(1, { traceId: '' })]);
    const response = await call(client, body, { project: 'partial' });
    expect(partialOf(response)).toEqual({
      rejected: 1,
      message: '1 of 3 spans were rejected. 1: the trace id is missing.',
    });
    await vi.waitFor(async () => expect(await countIn('partial')).toBe(2), { timeout: 10_000 });
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

describe('a call that fails says whether it can succeed later', () => {
  withServer();

  test('bytes that are no protobuf: INVALID_ARGUMENT', async () => {
    const error = await failure(call(client, Buffer.from([0x0a, 0x05, 0x00])));
    expect([error.code, error.details]).toEqual([
      status.INVALID_ARGUMENT,
      '5 bytes needed at byte 1, but the message ends at byte 3',
    ]);
    expect(detailsOfError(error)).toEqual({ code: 3, retrySeconds: undefined });
  });

  test('a project name that is none: INVALID_ARGUMENT', async () => {
    const error = await failure(call(client, Buffer.alloc(0), { project: 'x'.repeat(129) }));
    expect([error.code, error.details]).toEqual([
      status.INVALID_ARGUMENT,
      'the header x-throughline-project is not 1 to 128 printable characters',
    ]);
  });

  test('a message beyond the limit: RESOURCE_EXHAUSTED without RetryInfo', async () => {
    const error = await failure(call(client, Buffer.alloc(MAX_BODY + 1)));
    expect(error.code).toBe(status.RESOURCE_EXHAUSTED);
    expect(error.metadata.get('grpc-status-details-bin')).toEqual([]);
  });

  test('a gzip bomb: RESOURCE_EXHAUSTED, and the server goes on', async () => {
    const gzip = new Client(new URL(server.grpcUrl).host, credentials.createInsecure(), {
      'grpc.default_compression_algorithm': 2,
      'grpc.use_local_subchannel_pool': 1,
    });
    others.push(() => gzip.close());
    const error = await failure(call(gzip, Buffer.alloc(64 << 20)));
    expect(error.code).toBe(status.RESOURCE_EXHAUSTED);
    expect(await call(client, Buffer.alloc(0))).toHaveLength(0);
  });

  test('a service that there is not: UNIMPLEMENTED', async () => {
    const error = await failure(call(client, Buffer.alloc(0), { service: 'some.Service' }));
    expect(error.code).toBe(status.UNIMPLEMENTED);
  });

  test.each([
    ['overloaded', 14, 1],
    ['shutting-down', 14, 1],
    ['journal-unavailable', 14, 1],
    ['body-too-large', 8, undefined],
    ['malformed-body', 3, undefined],
    ['internal', 13, undefined],
  ] as const)('%s', (code, grpcCode, retrySeconds) => {
    const found = grpcFailureOf(new ThroughlineError(code, 'why'));
    expect(found.code).toBe(grpcCode);
    expect(detailsOf(found.details)).toEqual({ code: grpcCode, retrySeconds });
  });

  test('a defect says nothing of itself', () => {
    expect(grpcFailureOf(new Error('secret'))).toMatchObject({
      code: 13,
      message: 'the server failed; its log has the cause',
    });
  });
});

describe('calls in progress', () => {
  test('share one budget of bytes with HTTP: past it UNAVAILABLE with RetryInfo', async () => {
    const small = await startServer(config('budget', { maxInFlightBytes: 1 << 20 }), quiet);
    const other = clientOf(small);
    others.push(
      () => small.stop(),
      () => other.close(),
    );
    expect(await call(other, Buffer.alloc(0))).toHaveLength(0);
    // A request whose body does not come.
    const { hostname, port } = new URL(small.url);
    const socket = connect(Number(port), hostname);
    others.push(() => socket.destroy());
    socket.write(
      'POST /v1/traces HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\ncontent-length: 5000\r\n\r\n{',
    );
    const error = await vi.waitUntil(
      () =>
        call(other, Buffer.alloc(0)).then(
          () => undefined,
          (e) => e as ServiceError,
        ),
      {
        timeout: 10_000,
      },
    );
    expect([error.code, error.details]).toEqual([
      status.UNAVAILABLE,
      'requests of 5000 bytes are in progress already',
    ]);
    expect(detailsOfError(error)).toEqual({ code: 14, retrySeconds: 1 });
    socket.destroy();
    await vi.waitUntil(
      () =>
        call(other, Buffer.alloc(0)).then(
          () => true,
          () => false,
        ),
      { timeout: 10_000 },
    );
  });

  test('whose message does not arrive are ended, and their bytes are free again', async () => {
    const inFlight = new InFlightBytes(1 << 20);
    const slow = new Server({ interceptors: [admitCalls(inFlight, 200)] });
    const asIs = (buffer: Buffer): Buffer => buffer;
    const codec = {
      requestDeserialize: asIs,
      requestSerialize: asIs,
      responseDeserialize: asIs,
      responseSerialize: asIs,
    };
    slow.addService(
      { export: { path: '/x/Export', requestStream: false, responseStream: false, ...codec } },
      {
        export: (_call: unknown, callback: (error: null, response: Buffer) => void) =>
          callback(null, Buffer.alloc(0)),
      },
    );
    const port = await new Promise<number>((resolve, reject) =>
      slow.bindAsync('127.0.0.1:0', ServerCredentials.createInsecure(), (error, bound) =>
        error ? reject(error) : resolve(bound),
      ),
    );
    others.push(() => slow.forceShutdown());
    const session = connectHttp2(`http://127.0.0.1:${port}`);
    others.push(() => session.destroy());
    const stream = session.request({
      ':method': 'POST',
      ':path': '/x/Export',
      'content-type': 'application/grpc',
      te: 'trailers',
    });
    stream.write(Buffer.from([0, 0, 0, 1, 0]));
    const headers = await new Promise<Record<string, unknown>>((resolve) => {
      stream.on('response', (found) => found['grpc-status'] !== undefined && resolve(found));
      stream.on('trailers', resolve);
    });
    expect([headers['grpc-status'], decodeURIComponent(String(headers['grpc-message']))]).toEqual([
      '4',
      'the message did not arrive within 0.2 seconds',
    ]);
    // All of the budget can be had again.
    inFlight.enter(1)();
    expect(() => inFlight.enter(1 << 20)).not.toThrow();
  });
});

describe('start and stop', () => {
  test('a journal at its disk budget: UNAVAILABLE with RetryInfo', async () => {
    const full = await startServer(config('full', { maxJournalBytes: 100 }), quiet);
    const other = clientOf(full);
    others.push(
      () => full.stop(),
      () => other.close(),
    );
    const error = await failure(call(other, encodeTracesProtobuf(spans(1))));
    expect([error.code, error.details]).toEqual([
      status.UNAVAILABLE,
      'the journal holds its limit of 100 bytes not yet loaded',
    ]);
    expect(detailsOfError(error)).toEqual({ code: 14, retrySeconds: 10 });
  });

  test('a port that is taken is named, with what to do', async () => {
    const blocker = createServer();
    await new Promise<void>((resolve) => blocker.listen(0, '127.0.0.1', resolve));
    others.push(() => blocker.close());
    const { port } = blocker.address() as AddressInfo;
    const error: unknown = await startServer(config('taken', { grpcPort: port }), quiet).catch((e) => e);
    expect(error).toBeInstanceOf(GrpcListenError);
    expect((error as Error).message).toBe(
      `Port ${port} of OTLP/gRPC is in use. Stop what uses it, or choose another with --grpc-port.`,
    );
  });

  test('a call in progress while the server stops is acknowledged and kept', async () => {
    const first = await startServer(config('stopping'), quiet);
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
    const second = await startServer(config('stopping'), quiet);
    others.push(() => second.stop());
    expect(await countIn('stopping', second)).toBe(acknowledged);
  });
});

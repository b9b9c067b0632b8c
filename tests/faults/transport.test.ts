/** Requests that are truncated, compressed too well, too large, or sent by clients that do not wait. */
import { connect as connectHttp2 } from 'node:http2';
import type { Socket } from 'node:net';
import { deflateSync, gzipSync, zstdCompressSync } from 'node:zlib';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { waitFor } from '../support/wait-for.ts';
import type { FaultServer } from './support.ts';
import {
  countedBy,
  JSON_TYPE,
  type Post,
  PROTOBUF_TYPE,
  request,
  span,
  startFaultServer,
} from './support.ts';

const MIB = 1 << 20;
const LIMIT = 64 * MIB;

let server: FaultServer;
beforeAll(async () => {
  server = await startFaultServer('transport');
});
afterEach(() => server.expectWell());
afterAll(async () => {
  await server?.expectNothingElse();
  await server?.stop();
});

/** A request that is valid except for its transport. */
const good = span();
const body = request([good]);
const zeros = Buffer.alloc(LIMIT + 1);
const encoded = (encoding: string) => ({ ...JSON_TYPE, 'content-encoding': encoding });

const REFUSED: readonly (readonly [what: string, status: number, message: RegExp, post: () => Post])[] = [
  [
    'a gzip bomb',
    413,
    /larger than 67108864 bytes after decompression/,
    () => ({ body: gzipSync(zeros), headers: encoded('gzip') }),
  ],
  [
    'a deflate bomb',
    413,
    /larger than 67108864 bytes after decompression/,
    () => ({ body: deflateSync(zeros), headers: encoded('deflate') }),
  ],
  [
    'a zstd bomb',
    413,
    /larger than 67108864 bytes after decompression/,
    () => ({ body: zstdCompressSync(zeros), headers: encoded('zstd') }),
  ],
  [
    'a bomb within a bomb: only the outer one is opened',
    400,
    /^not JSON/,
    () => ({ body: gzipSync(gzipSync(zeros)), headers: encoded('gzip') }),
  ],
  ...[1, 10, 0.5].map(
    (cut) =>
      [
        `a gzip without its last ${cut < 1 ? 'half' : `${cut} bytes`}`,
        400,
        /^not gzip: unexpected end of file/,
        () => {
          const whole = gzipSync(body);
          return {
            body: whole.subarray(0, cut < 1 ? whole.length * cut : -cut),
            headers: encoded('gzip'),
          };
        },
      ] as const,
  ),
  [
    'half a zstd',
    400,
    /^not zstd: /,
    () => {
      const whole = zstdCompressSync(body);
      return { body: whole.subarray(0, whole.length / 2), headers: encoded('zstd') };
    },
  ],
  [
    'a gzip with a broken checksum',
    400,
    /^not gzip: incorrect data check/,
    () => {
      const whole = gzipSync(body);
      whole.writeUInt32LE(0, whole.length - 8);
      return { body: whole, headers: encoded('gzip') };
    },
  ],
  ['gzip that does not say so', 400, /^not JSON/, () => ({ body: gzipSync(body) })],
  [
    'one byte more than the limit',
    413,
    /^the body is larger than 67108864 bytes$/,
    () => ({ body: body.padEnd(LIMIT + 1) }),
  ],
  [
    'one byte more than the limit, chunked without a length',
    413,
    /^the body is larger than 67108864 bytes$/,
    () => ({ body: body.padEnd(LIMIT + 1), headers: { ...JSON_TYPE, 'transfer-encoding': 'chunked' } }),
  ],
];

describe('requests that are rejected as a whole', () => {
  it.each(REFUSED)('%s: %i', async (_what, status, message, make) => {
    const counted = await countedBy(server, async () => {
      const answer = await server.post(make());
      expect([answer.status, JSON.parse(answer.text)]).toEqual([
        status,
        { code: status === 413 ? 8 : 3, message: expect.stringMatching(message) },
      ]);
    });
    expect(counted).toEqual({ [status === 413 ? 'body-too-large' : 'malformed-body']: 1 });
    expect(await server.findTrace(good.traceId)).toBeUndefined();
  });
});

const KEPT: readonly (readonly [what: string, post: (body: string) => Post])[] = [
  ['exactly the limit', (text) => ({ body: text.padEnd(LIMIT) })],
  [
    'chunked without a length',
    (text) => ({ body: text, headers: { ...JSON_TYPE, 'transfer-encoding': 'chunked' } }),
  ],
  [
    'chunked and compressed',
    (text) => ({ body: gzipSync(text), headers: { ...encoded('gzip'), 'transfer-encoding': 'chunked' } }),
  ],
  [
    'a content type with a charset, in odd case',
    (text) => ({ body: text, headers: { 'content-type': 'Application/JSON; Charset="UTF-8"' } }),
  ],
  [
    'two gzips after one another, as one body',
    (text) => ({
      body: Buffer.concat([gzipSync(text.slice(0, 40)), gzipSync(text.slice(40))]),
      headers: encoded('gzip'),
    }),
  ],
];

describe('requests that are accepted', () => {
  it.each(KEPT)('%s', async (_what, make) => {
    const kept = span();
    expect(await server.post(make(request([kept])))).toEqual({ status: 200, text: '{}' });
    expect(await server.getTrace(kept.traceId, 1)).toMatchObject({ spanCount: 1 });
  });
});

describe('requests on one connection', () => {
  const head = (text: string) =>
    `POST /v1/traces HTTP/1.1\r\nhost: localhost\r\ncontent-type: application/json\r\n` +
    `x-throughline-project: transport\r\ncontent-length: ${Buffer.byteLength(text)}\r\n\r\n`;

  /** Collects the responses until there are this many or the connection ends. */
  const answers = (socket: Socket, count: number): Promise<string[]> =>
    new Promise((resolve, reject) => {
      let text = '';
      const found = () => text.match(/HTTP\/1\.1 \d+/g) ?? [];
      socket.on('data', (data) => {
        text += data;
        if (found().length >= count) resolve(found());
      });
      socket.on('error', reject);
      socket.on('close', () => resolve(found()));
    });

  it('two requests written at once are answered in order, and both are stored', async () => {
    const spans = [span(), span()];
    const socket = server.dial();
    socket.write(spans.map((each) => head(request([each])) + request([each])).join(''));
    expect(await answers(socket, 2)).toEqual(['HTTP/1.1 200', 'HTTP/1.1 200']);
    socket.destroy();
    for (const { traceId } of spans) expect((await server.getTrace(traceId, 1)).spanCount).toBe(1);
  });

  it('an invalid request between two valid ones does not affect them', async () => {
    const spans = [span(), span()];
    const socket = server.dial();
    const bodies = [request([spans[0]]), '{', request([spans[1]])];
    const counted = await countedBy(server, async () => {
      socket.write(bodies.map((text) => head(text) + text).join(''));
      expect(await answers(socket, 3)).toEqual(['HTTP/1.1 200', 'HTTP/1.1 400', 'HTTP/1.1 200']);
    });
    expect(counted).toEqual({ 'malformed-body': 1 });
    socket.destroy();
    for (const { traceId } of spans) expect((await server.getTrace(traceId, 1)).spanCount).toBe(1);
  });

  it('a client that closes its half after the request counts as disconnected, and its spans are stored', async () => {
    const kept = span();
    const socket = server.dial();
    socket.end(head(request([kept])) + request([kept]));
    await answers(socket, 1);
    expect((await server.getTrace(kept.traceId, 1)).spanCount).toBe(1);
  });

  it('spans of a client that disconnects after its last byte are stored', async () => {
    const kept = span();
    const socket = server.dial();
    await new Promise<void>((resolve) =>
      socket.write(head(request([kept])) + request([kept]), () => resolve()),
    );
    socket.destroy();
    expect((await server.getTrace(kept.traceId, 1)).spanCount).toBe(1);
  });

  it('spans of a client that disconnects before its last byte are not stored', async () => {
    const lost = span();
    const text = request([lost]);
    const socket = server.dial();
    await new Promise<void>((resolve) => socket.write(head(text) + text.slice(0, -1), () => resolve()));
    socket.destroy();
    await waitFor('the request among those that were given up', async () =>
      (await server.metric('throughline_requests_total', 'status="aborted"')) === 1 ? true : undefined,
    );
    await server.expectWell();
    expect(await server.findTrace(lost.traceId)).toBeUndefined();
  });

  it('bytes that are not HTTP get 400', async () => {
    const socket = server.dial();
    socket.write('\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03\r\n\r\n');
    expect(await answers(socket, 1)).toEqual(['HTTP/1.1 400']);
  });

  it('a request with a smuggled second length gets 400', async () => {
    const socket = server.dial();
    socket.write(
      'POST /v1/traces HTTP/1.1\r\nhost: localhost\r\ncontent-type: application/json\r\n' +
        'content-length: 2\r\ntransfer-encoding: chunked\r\n\r\n2\r\n{}\r\n0\r\n\r\n',
    );
    expect(await answers(socket, 1)).toEqual(['HTTP/1.1 400']);
    socket.destroy();
  });

  it('a thousand silent connections leave room for others', async () => {
    const idle = await Promise.all(
      Array.from(
        { length: 1000 },
        () =>
          new Promise<Socket>((resolve, reject) => {
            const socket = server.dial();
            socket.once('connect', () => resolve(socket));
            socket.once('error', reject);
          }),
      ),
    );
    await server.expectWell();
    for (const socket of idle) socket.destroy();
  });
});

it('a gRPC call that is reset in its message does not affect others', async () => {
  const session = connectHttp2(server.grpcUrl);
  const path = '/opentelemetry.proto.collector.trace.v1.TraceService/Export';
  const stream = session.request({
    ':method': 'POST',
    ':path': path,
    'content-type': 'application/grpc',
    te: 'trailers',
  });
  // A message of 1,000 bytes, of which 5 arrive.
  await new Promise((resolve) => stream.write(Buffer.from([0, 0, 0, 3, 232, 1, 2, 3, 4, 5]), resolve));
  const closed = new Promise((resolve) => stream.once('close', resolve));
  stream.on('error', () => {});
  stream.close(8);
  await closed;
  session.close();
  await waitFor('the call among those that were given up', async () =>
    (await server.metric('throughline_requests_total', 'status="CANCELLED"')) === 1 ? true : undefined,
  );
});

it('pages of other sites may not send spans', async () => {
  const response = await fetch(`${server.url}/v1/traces`, {
    method: 'OPTIONS',
    headers: {
      origin: 'https://evil.example',
      'access-control-request-method': 'POST',
      'access-control-request-headers': 'content-type',
    },
  });
  expect(response.status).toBe(404);
  expect([...response.headers.keys()].filter((name) => name.startsWith('access-control'))).toEqual([]);
});

it('an empty compressed body is an empty request in protobuf', async () => {
  const headers = { ...PROTOBUF_TYPE, 'content-encoding': 'gzip' };
  expect(await server.post({ body: gzipSync(''), headers })).toEqual({ status: 200, text: '' });
});

import { request as httpRequest, type IncomingHttpHeaders } from 'node:http';
import { connect } from 'node:net';
import { brotliCompressSync, deflateSync, gzipSync, zstdCompressSync } from 'node:zlib';
import type { RawSpan } from '@throughline/spans';
import { eventually } from '@throughline/tests/eventually';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { RunningServer } from '../../main.ts';
import { arbitraryRawSpan } from '../../testing/otlp/arbitrary-raw-span.ts';
import { encodeTracesJson, encodeTracesProtobuf } from '../../testing/otlp/encode-traces.ts';
import { startTestServer } from '../../testing/test-server.ts';

const MAX_BODY = 1 << 20;

let server: RunningServer;
beforeAll(async () => {
  server = await startTestServer({ config: { maxBodyBytes: MAX_BODY } });
});
afterAll(() => server.stop());

interface Answer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly body: Buffer;
}

type Headers = Readonly<Record<string, string>>;
const PROTOBUF = { 'content-type': 'application/x-protobuf' };
const JSON_TYPE = { 'content-type': 'application/json' };

/** Sends a request without `fetch`, which adds and hides headers. */
function post(body: Uint8Array, headers: Headers, url = server.url): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const sent = httpRequest(`${url}/v1/traces`, { method: 'POST', headers }, (response) => {
      const chunks: Buffer[] = [];
      response.on('data', (chunk: Buffer) => chunks.push(chunk));
      response.on('end', () =>
        resolve({ status: response.statusCode ?? 0, headers: response.headers, body: Buffer.concat(chunks) }),
      );
      response.on('error', reject);
    });
    sent.on('error', reject);
    sent.end(body);
  });
}

let nextId = 1;
/** Valid spans of today with unique ids. */
function freshSpans(count: number, change: Partial<RawSpan> = {}): RawSpan[] {
  const [blank] = fc.sample(arbitraryRawSpan, { numRuns: 1, seed: 5 });
  return Array.from({ length: count }, () => ({
    ...(blank as RawSpan),
    attributes: new Map([['input.value', 'What does it cost?']]),
    resource: { attributes: new Map(), droppedAttributesCount: 0, schemaUrl: '' },
    traceId: 'f'.repeat(32),
    spanId: (2 ** 44 + nextId++).toString(16).padStart(16, '0'),
    startTimeUnixNano: BigInt(Date.now()) * 1_000_000n,
    endTimeUnixNano: BigInt(Date.now()) * 1_000_000n + 5n,
    ...change,
  }));
}

async function spanIdsOf(project: string): Promise<string[]> {
  const [facts, payloads] = await Promise.all(
    ['spans', 'payloads'].map((table) =>
      server.engine.query<{ span_id: string }>(
        `SELECT span_id FROM ${table} FINAL WHERE project = {project:String} ORDER BY span_id`,
        { project },
      ),
    ),
  );
  expect(payloads).toEqual(facts);
  return (facts ?? []).map(({ span_id }) => span_id);
}

const readable = (project: string, spans: readonly RawSpan[]) =>
  eventually(`the spans of ${project}`, () => spanIdsOf(project)).toEqual(
    spans.map(({ spanId }) => spanId).sort(),
  );

/** Decodes a `google.rpc.Status`: 1 code, 2 message. */
function statusOf({ body, headers }: Answer): { code: number; message: string } {
  if (headers['content-type'] === 'application/json') return JSON.parse(body.toString());
  expect(headers['content-type']).toBe('application/x-protobuf');
  expect([body[0], body[2]]).toEqual([0x08, 0x12]);
  const start = (body[3] as number) < 0x80 ? 4 : 5;
  return { code: body[1] as number, message: body.subarray(start).toString() };
}

describe('a good request', () => {
  test('a protobuf request gets an empty protobuf message', async () => {
    const spans = freshSpans(3);
    const answer = await post(encodeTracesProtobuf(spans), {
      ...PROTOBUF,
      'x-throughline-project': 'protobuf',
    });
    expect([answer.status, answer.headers['content-type'], answer.body.length]).toEqual([
      200,
      'application/x-protobuf',
      0,
    ]);
    await readable('protobuf', spans);
  });

  test('a JSON request gets an empty JSON message', async () => {
    const spans = freshSpans(3);
    const answer = await post(Buffer.from(JSON.stringify(encodeTracesJson(spans))), {
      'content-type': 'Application/JSON; charset=utf-8',
      'x-throughline-project': 'json',
    });
    expect([answer.status, answer.headers['content-type'], answer.body.toString()]).toEqual([
      200,
      'application/json',
      '{}',
    ]);
    await readable('json', spans);
  });

  test.each([
    ['gzip', gzipSync],
    ['x-gzip', gzipSync],
    ['GZIP', gzipSync],
    ['deflate', deflateSync],
    ['zstd', zstdCompressSync],
    ['identity', (body: Buffer) => body],
  ] as const)('can be compressed with %s', async (encoding, compress) => {
    const spans = freshSpans(2);
    const project = `encoding ${encoding}`;
    const answer = await post(compress(encodeTracesProtobuf(spans)), {
      ...PROTOBUF,
      'content-encoding': encoding,
      'x-throughline-project': project,
    });
    expect(answer.status).toBe(200);
    await readable(project, spans);
  });

  test('can be empty, in either encoding or without any body', async () => {
    for (const headers of [PROTOBUF, JSON_TYPE])
      expect(await post(Buffer.alloc(0), headers)).toMatchObject({ status: 200 });
    expect(await post(Buffer.from('{}'), JSON_TYPE)).toMatchObject({ status: 200 });
  });

  test('can name its project in UTF-8', async () => {
    const spans = freshSpans(1);
    const header = Buffer.from('café 漢字').toString('latin1');
    expect(
      (await post(encodeTracesProtobuf(spans), { ...PROTOBUF, 'x-throughline-project': header })).status,
    ).toBe(200);
    await readable('café 漢字', spans);
  });

  test('a request that is delivered three times stores each span once', async () => {
    const spans = freshSpans(4);
    const body = encodeTracesProtobuf(spans);
    const headers = { ...PROTOBUF, 'x-throughline-project': 'duplicates' };
    await post(body, headers);
    await readable('duplicates', spans);
    const latest = () =>
      server.engine.query("SELECT max(version) AS latest FROM spans WHERE project = 'duplicates'");
    const before = await latest();
    await Promise.all([post(body, headers), post(body, headers)]);
    await eventually('the latest version', latest).not.toEqual(before);
    await readable('duplicates', spans);
  });

  test('is stored even if many arrive at the same time', async () => {
    const requests = Array.from({ length: 60 }, () => freshSpans(5));
    const answers = await Promise.all(
      requests.map((spans) =>
        post(encodeTracesProtobuf(spans), { ...PROTOBUF, 'x-throughline-project': 'many' }),
      ),
    );
    expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([200]));
    await readable('many', requests.flat());
  });
});

test.each([
  ['protobuf', PROTOBUF, encodeTracesProtobuf],
  ['JSON', JSON_TYPE, (spans: readonly RawSpan[]) => Buffer.from(JSON.stringify(encodeTracesJson(spans)))],
] as const)(
  '%s: invalid spans are rejected with a reason, and valid ones are stored',
  async (name, type, encode) => {
    const good = freshSpans(3);
    const bad = [...freshSpans(1, { traceId: '0'.repeat(32) }), ...freshSpans(1, { spanId: 'abcd' })];
    const project = `partial ${name}`;
    const answer = await post(encode([good[0], bad[0], good[1], bad[1], good[2]] as RawSpan[]), {
      ...type,
      'x-throughline-project': project,
    });
    const message =
      '2 of 5 spans were rejected. 1: the trace id is all zeros. 1: the span id is 2 bytes long, expected 8 bytes.';
    expect(answer.status).toBe(200);
    if (name === 'JSON')
      expect(JSON.parse(answer.body.toString())).toEqual({
        partialSuccess: { rejectedSpans: '2', errorMessage: message },
      });
    else
      expect(answer.body).toEqual(
        Buffer.concat([
          Buffer.from([0x0a, message.length + 4, 0x08, 2, 0x12, message.length]),
          Buffer.from(message),
        ]),
      );
    await readable(project, good);
  },
);

describe('an invalid request', () => {
  const body = encodeTracesProtobuf(freshSpans(2));
  const large = Buffer.alloc(MAX_BODY + 1);

  test.each([
    ['broken protobuf', body.subarray(0, -1), PROTOBUF, 400, 3, /needed at byte \d+, but the message ends/],
    ['broken JSON', Buffer.from('{"resourceSpans":'), JSON_TYPE, 400, 3, /^not JSON: /],
    ['text with the content type of protobuf', Buffer.from('hello'), PROTOBUF, 400, 3, /byte/],
    [
      'a body that is not gzip',
      body,
      { ...PROTOBUF, 'content-encoding': 'gzip' },
      400,
      3,
      /^not gzip: incorrect header check$/,
    ],
    [
      'truncated gzip',
      gzipSync(body).subarray(0, 40),
      { ...JSON_TYPE, 'content-encoding': 'gzip' },
      400,
      3,
      /^not gzip: unexpected end of file$/,
    ],
    [
      'an invalid project',
      body,
      { ...PROTOBUF, 'x-throughline-project': 'x'.repeat(129) },
      400,
      3,
      /x-throughline-project is not 1 to 128 printable/,
    ],
    [
      'an empty project',
      body,
      { ...PROTOBUF, 'x-throughline-project': '' },
      400,
      3,
      /x-throughline-project is not/,
    ],
    [
      'no content type',
      body,
      {},
      415,
      3,
      /there is no content type, expected application\/x-protobuf or application\/json/,
    ],
    [
      'another content type',
      body,
      { 'content-type': 'text/plain' },
      415,
      3,
      /the content type is "text\/plain", expected/,
    ],
    ['a content type of Object.prototype', body, { 'content-type': 'constructor' }, 415, 3, /expected/],
    [
      'another content encoding',
      brotliCompressSync(body),
      { ...PROTOBUF, 'content-encoding': 'br' },
      415,
      3,
      /the content encoding is "br", expected gzip, deflate, zstd or identity/,
    ],
    [
      'two content encodings',
      gzipSync(gzipSync(body)),
      { ...PROTOBUF, 'content-encoding': 'gzip, gzip' },
      415,
      3,
      /"gzip, gzip"/,
    ],
    ['a body that is too large', large, PROTOBUF, 413, 8, /the body is larger than 1048576 bytes/],
    [
      'a chunked body that is too large',
      large,
      { ...JSON_TYPE, 'transfer-encoding': 'chunked' },
      413,
      8,
      /the body is larger than 1048576 bytes/,
    ],
    [
      'a gzip bomb',
      gzipSync(large),
      { ...PROTOBUF, 'content-encoding': 'gzip' },
      413,
      8,
      /larger than 1048576 bytes after decompression/,
    ],
    [
      'a zstd bomb',
      zstdCompressSync(large),
      { ...JSON_TYPE, 'content-encoding': 'zstd' },
      413,
      8,
      /larger than 1048576 bytes after decompression/,
    ],
    [
      'a deflate bomb',
      deflateSync(large),
      { ...PROTOBUF, 'content-encoding': 'deflate' },
      413,
      8,
      /larger than 1048576 bytes after decompression/,
    ],
  ] as [string, Buffer, Headers, number, number, RegExp][])(
    'is rejected in its own encoding: %s',
    async (_what, bytes, headers, status, code, message) => {
      const answer = await post(bytes, headers);
      expect(answer.status).toBe(status);
      expect(answer.headers['retry-after']).toBeUndefined();
      const expectedType =
        headers['content-type'] === PROTOBUF['content-type'] ? 'application/x-protobuf' : 'application/json';
      expect(answer.headers['content-type']).toBe(expectedType);
      expect(statusOf(answer)).toEqual({ code, message: expect.stringMatching(message) });
    },
  );

  test('a request that is cut off in the middle does not affect the server', async () => {
    const socket = connect(Number(new URL(server.url).port), '127.0.0.1');
    socket.write(
      'POST /v1/traces HTTP/1.1\r\nhost: localhost\r\ncontent-type: application/json\r\ncontent-length: 100\r\n\r\n{"a',
    );
    await new Promise<void>((resolve) => socket.end(() => resolve()));
    socket.destroy();
    expect((await post(body, PROTOBUF)).status).toBe(200);
  });

  test('is rejected at other methods and addresses of OTLP', async () => {
    expect((await fetch(`${server.url}/v1/traces`)).status).toBe(404);
    expect((await fetch(`${server.url}/v1/profiles`, { method: 'POST' })).status).toBe(404);
  });
});

test('the process and its store still work', async () => {
  for (const path of ['/healthz', '/readyz']) {
    const answer = await fetch(server.url + path);
    expect([answer.status, await answer.json()]).toEqual([200, { status: 'ok' }]);
  }
});

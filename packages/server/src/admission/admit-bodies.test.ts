import { connect } from 'node:net';
import { eventually } from '@throughline/tests/eventually';
import Fastify, { type FastifyInstance } from 'fastify';
import { afterAll, beforeAll, expect, it, test } from 'vitest';
import { replyWithProblem } from '../http/problem-reply.ts';
import { Admission } from './admission.ts';
import { admitBodies } from './admit-bodies.ts';

const LIMIT = 100_000;
const admission = new Admission({ maxBytes: 400_000, maxWaitMs: 200 });
let app: FastifyInstance;
let url: string;
beforeAll(async () => {
  app = Fastify({ bodyLimit: LIMIT, forceCloseConnections: true });
  app.setErrorHandler(replyWithProblem);
  admitBodies(app, { admission, pace: { graceMs: 300, bytesPerSecond: 1000 } });
  app.post('/echo', async (request) => ({ body: request.body, held: admission.bytes }));
  url = await app.listen({ host: '127.0.0.1', port: 0 });
});
afterAll(() => app.close());

async function post(body: string, headers: Record<string, string> = { 'content-type': 'application/json' }) {
  const response = await fetch(`${url}/echo`, { method: 'POST', headers, body });
  const answer = (await response.json()) as { code?: string; detail?: string; body?: unknown; held?: number };
  return { status: response.status, retryAfter: response.headers.get('retry-after'), ...answer };
}

/** Sends the beginning of a request whose body never ends. */
function dial(head: string, begin: string) {
  const socket = connect(Number(new URL(url).port), '127.0.0.1');
  socket.write(`POST /echo HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\n${head}\r\n\r\n${begin}`);
  const answered = new Promise<string>((resolve) => {
    let text = '';
    socket.on('data', (chunk) => {
      text += chunk.toString('latin1');
      if (!text.includes('\r\n\r\n')) return;
      resolve(text);
      socket.destroy();
    });
  });
  return { socket, answered };
}

it('reads JSON, reserves the memory of its objects during the request, and releases it afterwards', async () => {
  const answer = await post('{"a":[1,2]}');
  expect(answer).toMatchObject({ status: 200, body: { a: [1, 2] } });
  expect(answer.held).toBe('{"a":[1,2]}'.length + 2 * 64 + 16 + 24);
  await eventually('the reserved bytes', () => admission.bytes).toBe(0);
});

const nested = (depth: number) => `${'['.repeat(depth)}${']'.repeat(depth)}`;
test.each([
  ['64 levels', nested(64), 200, undefined],
  ['65 levels', nested(65), 400, 'malformed-body'],
  ['brackets in a string', JSON.stringify('['.repeat(1000)), 200, undefined],
  ['no JSON', '{', 400, 'invalid-request'],
  ['a __proto__ key', '{"__proto__":{"a":1}}', 400, 'invalid-request'],
  ['more bytes than the limit of the route', `"${'x'.repeat(LIMIT)}"`, 413, 'body-too-large'],
  [
    'more objects than are allowed for its size',
    `[${Array(30_000).fill('{}').join()}]`,
    413,
    'body-too-large',
  ],
])('a body with %s', async (_what, body, status, code) => {
  expect(await post(body)).toMatchObject({ status, ...(code && { code }) });
  await eventually('the reserved bytes', () => admission.bytes).toBe(0);
});

test('other content types and encodings are rejected by name', async () => {
  expect(await post('x', { 'content-type': 'text/plain' })).toMatchObject({
    status: 415,
    code: 'unsupported-content-type',
    detail: expect.stringContaining('"text/plain"'),
  });
  expect(await post('x', { 'content-type': 'application/json', 'content-encoding': 'gzip' })).toMatchObject({
    status: 415,
    code: 'unsupported-content-encoding',
    detail: expect.stringContaining('"gzip"'),
  });
});

test('bodies that do not end are cut off, and other requests get a retry time meanwhile', async () => {
  const slow = Array.from({ length: 10 }, () => dial('content-length: 90000', '{'));
  await eventually('the waiting requests', () => admission.waiting).toBeGreaterThan(0);
  expect(admission.bytes).toBeLessThanOrEqual(400_000);
  const answers = await Promise.all(slow.map(({ answered }) => answered));
  const statuses = answers.map((text) => text.split(' ', 2)[1]).sort();
  expect(new Set(statuses)).toEqual(new Set(['408', '429']));
  expect(answers.filter((text) => text.includes('429')).every((text) => /retry-after: \d/.test(text))).toBe(
    true,
  );
  await eventually('the reserved bytes', () => admission.bytes).toBe(0);
});

test('the reservation of a body without a length grows as it arrives', async () => {
  const { socket } = dial('transfer-encoding: chunked', '1\r\n{\r\n');
  await eventually('the reserved bytes', () => admission.bytes).toBe(256 << 10);
  socket.destroy();
  await eventually('the reserved bytes', () => admission.bytes).toBe(0);
});

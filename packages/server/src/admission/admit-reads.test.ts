import { connect } from 'node:net';
import Fastify, { type FastifyInstance } from 'fastify';
import { afterAll, afterEach, beforeAll, beforeEach, expect, it } from 'vitest';
import { waitFor } from '../../../../tests/support/wait-for.ts';
import { replyWithProblem } from '../http/problem-reply.ts';
import { admitReads } from './admit-reads.ts';
import { ReadAdmission } from './read-admission.ts';

const LARGE = 'x'.repeat(40 << 20);

const admission = new ReadAdmission({
  maxReading: 2,
  maxWaiting: 20,
  maxWaitMs: 60_000,
  maxAnswerBytes: LARGE.length,
});
/** Requests in the order in which they began, and callbacks that finish them. */
let began: string[] = [];
let finish: (() => void)[] = [];
let app: FastifyInstance;
let url: string;
beforeAll(async () => {
  app = Fastify({ forceCloseConnections: true });
  app.setErrorHandler(replyWithProblem);
  admitReads(app, admission);
  app.get<{ Params: { name: string } }>('/slow/:name', async ({ params }) => {
    began.push(params.name);
    await new Promise<void>((resolve) => finish.push(resolve));
    return params.name;
  });
  app.get('/large', async () => LARGE);
  app.get('/fails', async () => {
    throw new Error('on purpose');
  });
  app.get('/free', { config: { readsStore: false } }, async () => 'free');
  url = await app.listen({ host: '127.0.0.1', port: 0 });
});
afterAll(() => app.close());
beforeEach(() => {
  began = [];
  finish = [];
});
// If a test fails, its requests do not stay in the way of the next one.
afterEach(() => {
  for (const end of finish) end();
});

const get = async (path: string): Promise<string> => (await fetch(url + path)).text();

it('a request that has begun is finished before others begin', async () => {
  const answers = ['a', 'b', 'c', 'd', 'e'].map((name) => get(`/slow/${name}`));
  for (let count = 2; count <= 5; count++) {
    await waitFor(
      `${count} requests to begin and the others to wait`,
      () => finish.length === count && admission.waiting === 5 - count,
    );
    expect(admission.reading).toBe(2);
    finish[count - 2]?.();
  }
  finish.at(-1)?.();
  expect(await Promise.all(answers)).toEqual(['a', 'b', 'c', 'd', 'e']);
  await waitFor('no request', () => admission.reading === 0);
});

it('routes that do not read the store do not wait, and failed requests release their turn', async () => {
  const held = ['a', 'b'].map((name) => get(`/slow/${name}`));
  await waitFor('two requests to begin', () => finish.length === 2);
  expect(await get('/free')).toBe('free');
  for (const end of finish) end();
  await Promise.all(held);
  for (let run = 0; run < 3; run++) expect((await fetch(`${url}/fails`)).status).toBe(500);
  await waitFor('no request', () => admission.reading === 0);
});

it('a client that disconnects releases its turn, whether it waits or not', async () => {
  const controller = new AbortController();
  const requests = ['a', 'b', 'c'].map((name) => fetch(`${url}/slow/${name}`, { signal: controller.signal }));
  await waitFor('one request to wait', () => admission.reading === 2 && admission.waiting === 1);
  controller.abort();
  await Promise.allSettled(requests);
  await waitFor('no request', () => admission.reading === 0 && admission.waiting === 0);
});

it('unread responses count until the client disconnects', async () => {
  const socket = connect(Number(new URL(url).port), '127.0.0.1');
  socket.pause();
  socket.write('GET /large HTTP/1.1\r\nhost: x\r\n\r\n');
  await waitFor('the answer', () => admission.answerBytes === LARGE.length);
  const waiting = get('/slow/next');
  await waitFor('a request to wait', () => admission.waiting === 1);
  expect(began).toEqual([]);
  socket.destroy();
  await waitFor('the next request to begin', () => finish.length === 1);
  finish[0]?.();
  expect(await waiting).toBe('next');
  await waitFor('no answer', () => admission.answerBytes === 0);
});

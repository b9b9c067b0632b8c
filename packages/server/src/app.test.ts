import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import { connect } from 'node:net';
import { eventually } from '@throughline/tests/eventually';
import type { FastifyInstance } from 'fastify';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { startTestServer, type TestServer } from './testing/test-server.ts';

interface Route {
  readonly method: string;
  readonly url: string;
}

const routes: Route[] = [];
/** Routes of the API that do not wait for their turn to read. */
const unlimited = new Set<string>();
let server: TestServer;
beforeAll(async () => {
  const note = (message: unknown) => {
    const { fastify } = message as { fastify: FastifyInstance };
    fastify.addHook('onRoute', ({ method, url, config }) => {
      if (config?.readsStore === false) unlimited.add(url);
      for (const each of [method].flat()) routes.push({ method: each, url });
    });
  };
  subscribe('fastify.initialization', note);
  server = await startTestServer();
  unsubscribe('fastify.initialization', note);
});
afterAll(() => server.stop());

/** Methods whose bodies the framework does not read. */
const WITHOUT_BODY = new Set(['GET', 'HEAD', 'TRACE']);

async function inFlightBytes(): Promise<number> {
  const text = await (await fetch(`${server.url}/metrics`)).text();
  return Number(/^throughline_in_flight_bytes (\d+)$/m.exec(text)?.[1]);
}

it('every route with a body reserves memory before it reads the body, and releases it', async () => {
  const { hostname, port } = new URL(server.url);
  const withBody = [...routes, { method: 'POST', url: '/nowhere' }].filter(
    ({ method }) => !WITHOUT_BODY.has(method),
  );
  expect(withBody).toEqual(
    expect.arrayContaining([
      { method: 'POST', url: '/v1/traces' },
      { method: 'POST', url: '/api/v1/scores' },
    ]),
  );
  for (const { method, url } of withBody) {
    const path = url.replaceAll(/:\w+|\*/g, 'x');
    const socket = connect(Number(port), hostname);
    socket.write(
      `${method} ${path} HTTP/1.1\r\nhost: localhost\r\ncontent-type: application/json\r\ncontent-length: 54321\r\n\r\n{`,
    );
    await eventually(`the bytes in flight of ${method} ${url}`, inFlightBytes).toBe(54321);
    socket.destroy();
    await eventually(`the bytes in flight of ${method} ${url}`, inFlightBytes).toBe(0);
  }
});

it('every GET route of the API waits for its turn to read, except those that do not read the store or wait for each of their queries', () => {
  expect([...unlimited].sort()).toEqual([
    '/api/v1/*',
    '/api/v1/export',
    '/api/v1/ingest/problems',
    '/api/v1/live',
    '/api/v1/metrics/catalogue',
    '/api/v1/openapi.json',
    '/api/v1/prices',
    '/api/v1/reference',
    '/api/v1/reprice-jobs',
    '/api/v1/reprice-jobs/:jobId',
    '/api/v1/share-links',
    '/api/v1/store/damage',
    '/api/v1/views',
    '/mcp',
  ]);
});

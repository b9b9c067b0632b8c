import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { rawSpan } from '../../testing/raw-span.ts';
import { type RegisteredRoute, registeredRoutes } from '../../testing/registered-routes.ts';
import { sendRequest } from '../../testing/send-request.ts';
import { startTestServer, type TestServer } from '../../testing/test-server.ts';

const KEY = 'a-key-of-the-server';
const SHARED = 'a'.repeat(32);
const OTHER = 'c'.repeat(32);
const ROOT = 'b'.repeat(16);
const OTHER_SPAN = 'd'.repeat(16);

let server: TestServer;
let routes: readonly RegisteredRoute[];
let token: string;

beforeAll(async () => {
  ({ result: server, routes } = await registeredRoutes(() =>
    startTestServer({ settings: { THROUGHLINE_API_KEY: KEY, THROUGHLINE_SHARE_LINKS: 'true' } }),
  ));
  const text = (value: string) => ({ 'gen_ai.operation.name': 'chat', 'input.value': value });
  await server.send('shop', [
    rawSpan({ traceId: SHARED, name: 'shared', attributes: text('the shared question') }),
    rawSpan({ traceId: OTHER, spanId: OTHER_SPAN, name: 'secret', attributes: text('the secret question') }),
  ]);
  // The same ids in another project.
  await server.send('rival', [
    rawSpan({ traceId: SHARED, name: 'rival', attributes: text('the rival question') }),
    rawSpan({
      traceId: SHARED,
      spanId: OTHER_SPAN,
      name: 'rival child',
      attributes: text('the rival answer'),
    }),
  ]);
  const scores = [
    { traceId: SHARED, name: 'faithfulness', value: 0.4, comment: 'an internal comment' },
    { traceId: SHARED, spanId: ROOT, name: 'thumb', value: true, comment: 'an internal comment' },
  ];
  expect((await withKey('POST', '/api/v1/scores?project=shop', scores)).status).toBe(200);
  ({ token } = await share({ traceId: SHARED }));
});
afterAll(() => server.stop());

async function withKey(method: string, path: string, body?: unknown) {
  const headers = { authorization: `Bearer ${KEY}`, 'content-type': 'application/json' };
  const answer = await fetch(`${server.url}${path}`, {
    method,
    headers,
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  const text = await answer.text();
  return { status: answer.status, body: text && JSON.parse(text) };
}

async function share(link: { traceId: string; expiresInHours?: number }) {
  const { status, body } = await withKey('POST', '/api/v1/share-links?project=shop', link);
  expect(status).toBe(201);
  const { id, path } = body as { id: string; path: string };
  return { id, token: path.replace('/share/', '') };
}

/** What somebody without a key gets. */
const visit = (path: string, headers: Record<string, string> = {}, method = 'GET') =>
  sendRequest(`${server.url}${path}`, { method, headers: { host: 'localhost', ...headers } });
const shared = (path: string, of = token) => visit(`/share/${of}/api/v1${path}`);

const SECRETS = /secret question|rival|internal comment|shop/;

describe('a visitor with a public link', () => {
  test('reads the trace and its spans, without scores', async () => {
    expect(JSON.parse((await shared('/shared-trace')).body)).toEqual({ traceId: SHARED, expiresAt: null });
    const trace = await shared(`/traces/${SHARED}`);
    expect(trace.status).toBe(200);
    expect(JSON.parse(trace.body)).toMatchObject({
      traceId: SHARED,
      name: 'shared',
      spanCount: 1,
      scores: [],
      spans: [{ spanId: ROOT, name: 'shared' }],
    });
    const span = await shared(`/traces/${SHARED}/spans/${ROOT}`);
    expect(JSON.parse(span.body)).toMatchObject({ input: { text: 'the shared question' }, scores: [] });
    for (const { body } of [trace, span]) expect(body).not.toMatch(SECRETS);
  });

  test('gets answers that nobody keeps or indexes', async () => {
    for (const path of [`/traces/${SHARED}`, '/shared-trace']) {
      expect((await shared(path)).headers).toMatchObject({
        'cache-control': 'no-store',
        'referrer-policy': 'no-referrer',
        'x-robots-tag': 'noindex, nofollow',
      });
    }
    const page = await visit(`/share/${token}`, { accept: 'text/html' });
    expect(page.headers).toMatchObject({
      'referrer-policy': 'no-referrer',
      'x-robots-tag': 'noindex, nofollow',
    });
  });

  test('gets the page and its files without a key', async () => {
    const page = await visit(`/share/${token}`, { accept: 'text/html' });
    expect(page.status).toBe(200);
    expect(page.body).not.toContain('API key');
    expect((await visit('/icon.svg')).status).not.toBe(401);
  });

  test.each([
    ['another trace of the project', `/traces/${OTHER}`],
    ['a span of another trace', `/traces/${OTHER}/spans/${OTHER_SPAN}`],
    ['a span of another trace below its own', `/traces/${SHARED}/spans/${OTHER_SPAN}`],
    ['the list of traces', '/traces'],
    ['the projects of the trace', `/traces/${SHARED}/projects`],
    ['a comparison', `/traces/${SHARED}/diff/${OTHER}`],
    ['values', '/traces/values?field=model'],
    ['totals', '/traces/summary'],
    ['scores', `/scores?traceId=${SHARED}`],
    ['projects', '/projects'],
    ['spans', '/spans'],
    ['sessions', '/sessions'],
    ['users', '/users'],
    ['live spans', '/live'],
    ['views', '/views'],
    ['links', '/share-links'],
    ['a path upwards', '/../../../../api/v1/projects'],
    ['an encoded path upwards', '/%2e%2e/%2e%2e/%2e%2e/api/v1/projects'],
    ['an encoded id', `/traces/${encodeURIComponent(`${SHARED}/../${OTHER}`)}`],
    ['an id with a quote', `/traces/${encodeURIComponent(`${SHARED}' OR '1'='1`)}`],
  ])('does not get %s', async (_what, path) => {
    const answer = await shared(path);
    expect(answer.status).toBeGreaterThanOrEqual(400);
    expect(answer.body).not.toMatch(SECRETS);
  });

  test.each([
    ['a parameter', '?project=rival', {}],
    ['a header', '', { 'x-throughline-project': 'rival' }],
  ])('cannot choose another project by %s', async (_what, query, headers) => {
    const trace = await visit(`/share/${token}/api/v1/traces/${SHARED}${query}`, headers);
    expect(JSON.parse(trace.body)).toMatchObject({ name: 'shared', spanCount: 1 });
    const span = await visit(`/share/${token}/api/v1/traces/${SHARED}/spans/${OTHER_SPAN}${query}`, headers);
    expect(span.status).toBe(404);
  });

  test('can use the token nowhere else', async () => {
    const asKey = [
      { authorization: `Bearer ${token}` },
      { 'x-api-key': token },
      { cookie: `throughline_session=${token}` },
    ];
    // The page, its files and its API are what a visitor may open; the others are open to everyone.
    const isOpen = (path: string) =>
      /^\/(?:share\/|assets\/|icon\.svg|theme-boot\.js|docs\/|healthz|sign-in)/.test(path);
    const guarded = routes.filter(({ method, path }) => method !== 'OPTIONS' && !isOpen(path));
    expect(guarded.length).toBeGreaterThan(30);
    for (const route of guarded)
      for (const headers of asKey) {
        const { status } = await visit(route.path, headers, route.method);
        expect({ ...route, status }).toEqual({ ...route, status: 401 });
      }
  });

  test('can change nothing', async () => {
    const paths = ['/shared-trace', `/traces/${SHARED}`, '/scores', '/share-links', '/views'];
    for (const method of ['POST', 'PUT', 'PATCH', 'DELETE'])
      for (const path of paths) {
        const { status } = await visit(`/share/${token}/api/v1${path}`, {}, method);
        expect({ method, path, status }).toEqual({ method, path, status: 404 });
      }
  });

  test('gets nothing with a wrong token', async () => {
    const upper = token.toUpperCase();
    for (const wrong of ['x', token.slice(0, -1), `${token}x`, upper, `%00${token}`, `${token}%20`, '%'])
      for (const path of ['/shared-trace', `/traces/${SHARED}`, `/traces/${SHARED}/spans/${ROOT}`]) {
        const { status, body } = await shared(path, wrong);
        expect({ wrong, path, status }).toEqual({ wrong, path, status: wrong === '%' ? 400 : 404 });
        expect(body).not.toMatch(SECRETS);
      }
  });

  test('gets nothing once the link is deleted', async () => {
    const { id, token: gone } = await share({ traceId: SHARED });
    expect((await shared(`/traces/${SHARED}`, gone)).status).toBe(200);
    expect((await withKey('DELETE', `/api/v1/share-links/${id}?project=shop`)).status).toBe(204);
    const answer = await shared(`/traces/${SHARED}`, gone);
    expect(answer.status).toBe(404);
    expect(JSON.parse(answer.body)).toMatchObject({ code: 'share-link-not-found' });
    expect((await shared(`/traces/${SHARED}`)).status).toBe(200);
  });
});

describe('people with access', () => {
  test('list links without their tokens', async () => {
    const { body } = await withKey('GET', '/api/v1/share-links?project=shop');
    expect(body.enabled).toBe(true);
    expect(body.links).toContainEqual({
      id: expect.any(String),
      traceId: SHARED,
      createdAt: expect.any(String),
      expiresAt: null,
    });
    expect(JSON.stringify(body)).not.toContain(token);
  });

  test('cannot share a trace that their project does not have', async () => {
    const unknown = await withKey('POST', '/api/v1/share-links?project=shop', { traceId: 'f'.repeat(32) });
    expect(unknown).toMatchObject({ status: 404, body: { code: 'trace-not-found' } });
    const foreign = await withKey('POST', '/api/v1/share-links?project=rival', { traceId: OTHER });
    expect(foreign).toMatchObject({ status: 404, body: { code: 'trace-not-found' } });
  });

  test.each([0, 1.5, 100_000, '24'])('cannot give a link %j hours', async (expiresInHours) => {
    const link = { traceId: SHARED, expiresInHours };
    const answer = await withKey('POST', '/api/v1/share-links?project=shop', link);
    expect(answer).toMatchObject({ status: 400, body: { code: 'invalid-request' } });
    expect(answer.body.detail).toContain('expiresInHours');
  });
});

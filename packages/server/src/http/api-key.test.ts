import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type RegisteredRoute, registeredRoutes } from '../testing/registered-routes.ts';
import { sendRequest } from '../testing/send-request.ts';
import { startTestServer, type TestServer } from '../testing/test-server.ts';

const KEY = 'key-of-this-test-0123456789';
let server: TestServer;
let routes: readonly RegisteredRoute[];
beforeAll(async () => {
  ({ result: server, routes } = await registeredRoutes(() =>
    startTestServer({ settings: { THROUGHLINE_API_KEY: KEY } }),
  ));
});
afterAll(() => server.stop());

const send = ({ method, path }: RegisteredRoute, headers: Record<string, string>, body?: string) =>
  sendRequest(`${server.url}${path}`, { method, headers, ...(body !== undefined && { body }) });

describe('a server with an API key', () => {
  const HOST = { host: 'localhost' };
  const withKey = { ...HOST, authorization: `Bearer ${KEY}` };

  it('rejects every route without the key, and every address without a route', async () => {
    const nothing = ['GET', 'POST', 'PUT', 'DELETE'].map((method) => ({ method, path: '/no/such/route' }));
    // Signing in needs the key in its form; a preflight and the documentation reveal nothing.
    const open = [
      'GET /healthz',
      'HEAD /healthz',
      'POST /sign-in',
      'OPTIONS /api/v1/scores',
      'GET /docs/x',
      'HEAD /docs/x',
      'GET /docs/images/x',
      'HEAD /docs/images/x',
    ];
    const all = [...routes, ...nothing].filter(({ method, path }) => !open.includes(`${method} ${path}`));
    expect(all.length).toBeGreaterThan(30);
    for (const route of all) {
      for (const headers of [HOST, { ...HOST, 'x-api-key': `${KEY}0` }, { ...HOST, accept: 'text/html' }]) {
        const { status, body } = await send(route, headers);
        expect({ ...route, status }).toEqual({ ...route, status: 401 });
        expect(body).not.toContain(KEY);
      }
    }
  });

  it('accepts every route with the key', async () => {
    for (const route of routes.filter(({ path }) => path !== '/api/v1/live')) {
      const { status } = await send(route, withKey);
      expect({ ...route, isRefused: status === 401 && route.path !== '/sign-in' }).toEqual({
        ...route,
        isRefused: false,
      });
    }
  });

  it('explains how to send the key', async () => {
    const api = await send({ method: 'GET', path: '/api/v1/projects' }, HOST);
    expect([api.type, api.headers['www-authenticate']]).toEqual([
      'application/problem+json',
      'Bearer realm="throughline"',
    ]);
    expect(JSON.parse(api.body)).toMatchObject({
      code: 'unauthorized',
      type: '/docs/errors#unauthorized',
      status: 401,
    });
    const exporter = await send({ method: 'POST', path: '/v1/traces' }, HOST);
    expect(JSON.parse(exporter.body).message).toContain('Authorization: Bearer <key>');
  });

  it('lists a rejected exporter as a problem without a project, even if it names one', async () => {
    const headers = { ...HOST, 'x-throughline-project': 'made-up', 'content-type': 'application/json' };
    await send({ method: 'POST', path: '/v1/traces' }, headers);
    const { body } = await send({ method: 'GET', path: '/api/v1/ingest/problems?project=other' }, withKey);
    expect(JSON.parse(body).problems).toContainEqual(
      expect.objectContaining({ reason: 'unauthorized', project: null }),
    );
  });

  it('answers the liveness check of any client', async () => {
    expect((await send({ method: 'GET', path: '/healthz' }, HOST)).status).toBe(200);
  });

  describe('in a browser', () => {
    const page = { ...HOST, accept: 'text/html' };
    const form = { ...HOST, 'content-type': 'application/x-www-form-urlencoded', accept: 'text/html' };
    const signIn = (fields: Record<string, string>, headers: Record<string, string> = {}) =>
      send(
        { method: 'POST', path: '/sign-in' },
        { ...form, ...headers },
        String(new URLSearchParams(fields)),
      );

    it('requests the key on a page that runs no scripts and keeps the address', async () => {
      const { status, type, body, headers } = await send({ method: 'GET', path: '/t/a?x="<b>' }, page);
      expect([status, type]).toEqual([401, 'text/html; charset=utf-8']);
      expect(body).toContain('value="/t/a?x=');
      expect(body).not.toContain('<b>');
      expect(headers['content-security-policy']).toMatch(
        /^default-src 'none'; style-src 'sha256-\S+'; img-src 'none'; form-action 'self'/,
      );
      expect(headers['cache-control']).toBe('no-store');
    });

    it('sets a cookie that scripts cannot read, and redirects to the address', async () => {
      const { status, headers } = await signIn({ key: ` ${KEY} `, next: '/t/a?x=1' });
      expect([status, headers.location]).toEqual([303, '/t/a?x=1']);
      const [cookie = ''] = headers['set-cookie'] ?? [];
      expect(cookie).toMatch(
        /^throughline_\S{8}=\S{43}; Path=\/; Max-Age=2592000; HttpOnly; SameSite=Strict$/,
      );
      const { status: seen } = await send(
        { method: 'GET', path: '/api/v1/projects' },
        { ...HOST, cookie: cookie.split(';')[0] ?? '' },
      );
      expect(seen).toBe(200);
      const behindProxy = await signIn({ key: KEY, next: '/' }, { 'x-forwarded-proto': 'https' });
      expect(behindProxy.headers['set-cookie']?.[0]).toMatch(/; Secure$/);
    });

    it.each(['https://evil.example/', '//evil.example', '/\\evil.example', 'javascript:alert(1)', ''])(
      'never redirects to %j',
      async (next) => expect((await signIn({ key: KEY, next })).headers.location).toBe('/'),
    );

    it('reports a wrong key and sets no cookie', async () => {
      const { status, body, headers } = await signIn({ key: 'wrong-key-0123456789', next: '/' });
      expect([status, headers['set-cookie']]).toEqual([401, undefined]);
      expect(body).toContain('This is not a key of this server.');
    });

    it('rejects forms of other sites', async () => {
      expect((await signIn({ key: KEY, next: '/' }, { 'sec-fetch-site': 'cross-site' })).status).toBe(403);
    });
  });
});

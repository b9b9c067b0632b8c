import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type RegisteredRoute, registeredRoutes } from '../testing/registered-routes.ts';
import { sendRequest } from '../testing/send-request.ts';
import { startTestServer, type TestServer } from '../testing/test-server.ts';

let server: TestServer;
let routes: readonly RegisteredRoute[];
beforeAll(async () => {
  ({ result: server, routes } = await registeredRoutes(() =>
    startTestServer({ settings: { THROUGHLINE_ALLOWED_HOSTS: 'throughline.example' } }),
  ));
});
afterAll(() => server.stop());

const send = ({ method, path }: RegisteredRoute, headers: Record<string, string>) =>
  sendRequest(`${server.url}${path}`, { method, headers });

/** The liveness check and the documentation are open to everyone. */
const OPEN = ['/healthz', '/docs/x', '/docs/images/x'];
const guarded = () => routes.filter(({ path }) => !OPEN.includes(path));

describe('a server on a loopback address', () => {
  it('has the routes that this test expects', () => {
    const paths = routes.map(({ method, path }) => `${method} ${path}`);
    expect(paths).toEqual(
      expect.arrayContaining([
        'POST /v1/traces',
        'POST /v1/logs',
        'POST /v1/metrics',
        'GET /readyz',
        'GET /metrics',
        'GET /api/v1/live',
        'POST /api/v1/scores',
        'GET /x',
      ]),
    );
  });

  it('rejects every route if a foreign host name resolves to it', async () => {
    for (const route of guarded()) {
      const { status, body } = await send(route, { host: 'evil.example:4318' });
      expect({ ...route, status }).toEqual({ ...route, status: 403 });
      if (route.method !== 'HEAD') expect(body).toContain('does not answer for the host');
    }
  });

  it('does not let pages of other sites change anything', async () => {
    for (const route of guarded().filter(({ method }) => method !== 'GET' && method !== 'HEAD')) {
      const { status } = await send(route, { host: 'localhost', 'sec-fetch-site': 'cross-site' });
      expect({ ...route, status }).toEqual({ ...route, status: 403 });
    }
  });

  it('reports the rejection as a problem document, and to exporters as a status', async () => {
    const page = await send({ method: 'GET', path: '/readyz' }, { host: 'evil.example' });
    expect(page.type).toBe('application/problem+json');
    expect(JSON.parse(page.body)).toMatchObject({ code: 'forbidden', status: 403 });
    const exporter = await send({ method: 'POST', path: '/v1/traces' }, { host: 'evil.example' });
    expect(exporter.type).toBe('application/json');
    expect(JSON.parse(exporter.body).message).toContain('evil.example');
  });

  it('answers the liveness check of any client', async () => {
    expect((await send({ method: 'GET', path: '/healthz' }, { host: 'any.example' })).status).toBe(200);
  });
});

it('a name that is allowed is answered', async () => {
  const { status } = await send({ method: 'GET', path: '/readyz' }, { host: 'throughline.example' });
  expect(status).toBe(200);
});

import { afterAll, beforeAll, expect, test } from 'vitest';
import { ERROR_CODES } from '../../errors/errors.ts';
import { startTestServer, type TestServer } from '../../testing/test-server.ts';

let server: TestServer;
beforeAll(async () => {
  server = await startTestServer();
});
afterAll(() => server.stop());

async function load(path: string) {
  const response = await fetch(`${server.url}${path}`);
  return { status: response.status, headers: response.headers, html: await response.text() };
}

test('the type of a problem links to its section on a page of the server', async () => {
  const response = await fetch(`${server.url}/api/v1/traces/none?project=shop`);
  const { type } = (await response.json()) as { type: string };
  expect(type).toBe('/docs/errors#trace-not-found');
  const { status, headers, html } = await load(type);
  expect([status, headers.get('content-type')]).toEqual([200, 'text/html; charset=utf-8']);
  expect(html).toContain(
    '<h2 id="trace-not-found">trace-not-found</h2>\n<p><strong>HTTP 404, gRPC NOT_FOUND.</strong>',
  );
});

test('the page of errors has a section for each code', async () => {
  const { html } = await load('/docs/errors');
  expect(ERROR_CODES.filter((code) => !html.includes(`<h2 id="${code}">`))).toEqual([]);
});

test('links between the guides refer to existing pages and sections', async () => {
  const { html } = await load('/docs/errors');
  const pages = [...html.matchAll(/href="(\/docs\/[^"#]+)"/g)].map(([, path = '']) => path);
  expect(pages).toContain('/docs/operations');
  for (const path of new Set(pages)) {
    const guide = await load(path);
    expect([path, guide.status]).toEqual([path, 200]);
    for (const [, target = '', anchor = ''] of guide.html.matchAll(/href="(\/docs\/[^"#]+)?#([^"]+)"/g)) {
      const { html: there } = target === '' ? guide : await load(target);
      expect([path, target, anchor, there.includes(` id="${anchor}"`)]).toEqual([path, target, anchor, true]);
    }
  }
});

test('a page shows its pictures, and its policy allows only those of the server', async () => {
  const { html, headers } = await load('/docs/traces');
  const addresses = [...html.matchAll(/ (?:src|srcset)="([^"]+)"/g)].map(([, address = '']) => address);
  expect(addresses).toContain('/docs/images/trace-light.webp');
  expect(addresses).toContain('/docs/images/trace-dark.webp');
  expect(headers.get('content-security-policy')).toContain("; img-src 'self';");
  const picture = await fetch(`${server.url}/docs/images/trace-light.webp`);
  expect([picture.status, picture.headers.get('content-type')]).toEqual([200, 'image/webp']);
  expect(Buffer.from(await picture.arrayBuffer()).toString('latin1', 8, 12)).toBe('WEBP');
});

test('the API reference lists every operation with its parameters and responses', async () => {
  const { status, headers, html } = await load('/api/v1/reference');
  expect([status, headers.get('content-type')]).toEqual([200, 'text/html; charset=utf-8']);
  const openapi = (await (await fetch(`${server.url}/api/v1/openapi.json`)).json()) as {
    paths: Record<string, Record<string, unknown>>;
  };
  for (const [path, methods] of Object.entries(openapi.paths))
    for (const method of Object.keys(methods))
      expect(html).toContain(`>${method.toUpperCase()} ${path}</h3>`);
  expect(html).toContain(
    '<tr><td><code>limit</code></td><td>query</td><td>integer (from 1, to 500, default <code>50</code>)</td>',
  );
  expect(html).toContain('<code>durationMs</code>');
});

test('a page can neither run scripts nor be shown in a frame', async () => {
  const { headers } = await load('/docs/errors');
  expect(headers.get('content-security-policy')).toMatch(
    /default-src 'none'; style-src 'sha256-.*frame-ancestors 'none'/,
  );
  expect(headers.get('x-content-type-options')).toBe('nosniff');
});

test('a page or picture that does not exist is answered with 404', async () => {
  for (const path of [
    '/docs/nothing',
    '/docs/..%2fpackage',
    '/docs/constructor',
    '/docs/images/none.webp',
    '/docs/images/..%2ftraces.md',
  ])
    expect((await load(path)).status).toBe(404);
});

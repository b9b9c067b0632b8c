import { startPostgres, type TestPostgres } from '@throughline/tests/postgres-server';
import { waitFor } from '@throughline/tests/wait-for';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { rawSpan } from '../testing/raw-span.ts';
import { startTestServer, type TestServer } from '../testing/test-server.ts';

let postgres: TestPostgres;
let server: TestServer;
beforeAll(async () => {
  postgres = await startPostgres();
  const url = await postgres.freshDatabase();
  await postgres.kill();
  server = await startTestServer({ settings: { THROUGHLINE_POSTGRES: url } });
});
afterAll(async () => {
  await server?.stop();
  await postgres?.close();
});

const get = (path: string) => fetch(`${server.url}${path}`);
const saveView = (name: string) =>
  fetch(`${server.url}/api/v1/views`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ page: 'traces', name, state: { version: 1, search: {} } }),
  });

async function expectTracesWork(traceId: string): Promise<void> {
  await server.send('default', [rawSpan({ traceId })]);
  const trace = await get(`/api/v1/traces/${traceId}`);
  expect(trace.status).toBe(200);
  expect(await trace.json()).toMatchObject({ traceId, spanCount: 1 });
}

async function expectViewsAreAway(): Promise<void> {
  const views = await get('/api/v1/views');
  expect(views.status).toBe(503);
  expect(views.headers.get('retry-after')).toBe('10');
  expect(await views.json()).toMatchObject({ code: 'relational-unavailable', title: expect.any(String) });
  expect((await saveView('Lost')).status).toBe(503);
  const ready = await get('/readyz');
  expect(ready.status).toBe(200);
  expect(await ready.json()).toMatchObject({
    status: 'ok',
    warnings: [expect.stringContaining('Saved views, links and prices cannot be read or changed.')],
  });
}

test('a Postgres that is away stops neither ingest nor reading of traces, and views work once it is back', async () => {
  await expectViewsAreAway();
  await expectTracesWork('1'.repeat(32));
  expect(server.complaints.filter((text) => text.includes('Saved views, links and prices'))).toHaveLength(1);

  await postgres.start();
  expect((await saveView('First')).status).toBe(201);
  expect(await (await get('/readyz')).json()).toEqual({ status: 'ok' });

  await postgres.kill();
  await expectViewsAreAway();
  await expectTracesWork('2'.repeat(32));

  await postgres.start();
  await waitFor('the view that was saved', async () => (await get('/api/v1/views')).status === 200);
  const { views } = (await (await get('/api/v1/views')).json()) as { views: { name: string }[] };
  expect(views.map(({ name }) => name)).toEqual(['First']);
});

import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { View } from '../../contract/view.ts';
import { startTestServer, type TestServer } from '../../testing/test-server.ts';

let server: TestServer;
beforeAll(async () => {
  server = await startTestServer();
});
afterAll(() => server.stop());

async function call(method: string, path: string, body?: unknown, project = 'shop') {
  const response = await fetch(`${server.url}/api/v1${path}`, {
    method,
    headers: {
      'x-throughline-project': project,
      ...(body === undefined ? {} : { 'content-type': 'application/json' }),
    },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  const text = await response.text();
  return {
    status: response.status,
    type: response.headers.get('content-type'),
    body: text && JSON.parse(text),
  };
}

const state = { version: 1, search: { q: 'kind:llm cost>0.02', range: '7d', columns: 'name,cost' } };

describe('saved views over the API', () => {
  test('can be created, listed, changed and deleted', async () => {
    const created = await call('POST', '/views', { page: 'traces', name: '  Costly  ', state });
    expect(created).toMatchObject({ status: 201, body: { name: 'Costly', isDefault: false, state } });
    const { id } = created.body as View;
    expect((await call('GET', '/views?page=traces')).body).toEqual({ views: [created.body] });
    expect((await call('GET', '/views?page=spans')).body).toEqual({ views: [] });
    expect((await call('GET', '/views', undefined, 'other')).body).toEqual({ views: [] });
    const changed = await call('PATCH', `/views/${id}`, { isDefault: true });
    expect(changed).toMatchObject({ status: 200, body: { id, name: 'Costly', isDefault: true, state } });
    expect((await call('DELETE', `/views/${id}`, undefined, 'other')).status).toBe(404);
    expect(await call('DELETE', `/views/${id}`)).toMatchObject({ status: 204, body: '' });
    expect((await call('GET', '/views')).body).toEqual({ views: [] });
  });

  test('a name that is taken gets 409', async () => {
    await call('POST', '/views', { page: 'traces', name: 'Taken', state });
    const again = await call('POST', '/views', { page: 'traces', name: 'taken', state });
    expect(again).toMatchObject({
      status: 409,
      type: 'application/problem+json',
      body: { code: 'view-exists', detail: 'The page has a view named "taken" already.' },
    });
  });

  test.each([
    ['an unknown page', { page: 'trees', name: 'x', state }, 'page: '],
    ['an empty name', { page: 'traces', name: ' ', state }, 'name: '],
    ['a name with a line break', { page: 'traces', name: 'a\nb', state }, 'name: expected printable'],
    ['a name with a null character', { page: 'traces', name: 'a\u0000b', state }, 'name: expected printable'],
    ['a long name', { page: 'traces', name: 'x'.repeat(101), state }, 'name: '],
    ['no version', { page: 'traces', name: 'x', state: { search: {} } }, 'state.version: '],
    ['an unknown field', { page: 'traces', name: 'x', state, owner: 'me' }, 'owner'],
    ['a value that is not text', { page: 'traces', name: 'x', state: { version: 1, search: { q: 1 } } }, 'q'],
    [
      'a large state',
      { page: 'traces', name: 'x', state: { version: 1, search: { q: 'x'.repeat(17_000) } } },
      'state: the state is larger than 16 KiB',
    ],
    [
      'many parameters',
      {
        page: 'traces',
        name: 'x',
        state: {
          version: 1,
          search: Object.fromEntries(Array.from({ length: 51 }, (_, i) => [`p${i}`, ''])),
        },
      },
      'state.search: at most 50 parameters',
    ],
  ])('%s is rejected with the name of the field', async (_what, body, detail) => {
    const answer = await call('POST', '/views', body);
    expect(answer).toMatchObject({ status: 400, body: { code: 'invalid-request' } });
    expect(answer.body.detail).toContain(detail);
  });

  test('a filter that cannot be parsed is rejected with its position', async () => {
    const broken = { version: 1, search: { q: 'kind:llm (' } };
    const answer = await call('POST', '/views', { page: 'traces', name: 'Broken', state: broken });
    expect(answer).toMatchObject({ status: 400, body: { code: 'invalid-filter' } });
    // A field that only traces have.
    const ofTraces = { version: 1, search: { q: 'errors>0' } };
    const spans = { page: 'spans', name: 'Failures', state: ofTraces };
    expect((await call('POST', '/views', spans)).body.code).toBe('invalid-filter');
    const saved = await call('POST', '/views', { ...spans, state });
    expect(saved.status).toBe(201);
    expect((await call('PATCH', `/views/${saved.body.id}`, { state: ofTraces })).body.code).toBe(
      'invalid-filter',
    );
    expect((await call('POST', '/views', { ...spans, page: 'traces' })).status).toBe(201);
  });

  test('a change of nothing, and of a view that does not exist, is rejected', async () => {
    expect(await call('PATCH', '/views/x', {})).toMatchObject({ status: 400 });
    expect(await call('PATCH', '/views/x', { name: 'y' })).toMatchObject({
      status: 404,
      body: { code: 'view-not-found' },
    });
  });

  test('are part of the OpenAPI document', async () => {
    const { body } = await call('GET', '/openapi.json');
    expect(Object.keys(body.paths)).toEqual(
      expect.arrayContaining(['/api/v1/views', '/api/v1/views/{viewId}']),
    );
    expect(Object.keys(body.components.schemas.View.properties.state.properties)).toEqual([
      'version',
      'search',
    ]);
  });
});

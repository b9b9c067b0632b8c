import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { rawSpan } from '../../testing/raw-span.ts';
import { startTestServer, type TestServer } from '../../testing/test-server.ts';

const KEY = 'a-key-of-the-server';
const SHARED = 'a'.repeat(32);
const TOKEN = 'x'.repeat(43);

describe('a server that was not told to share', () => {
  let off: TestServer;
  beforeAll(async () => {
    off = await startTestServer({ settings: { THROUGHLINE_API_KEY: KEY } });
    await off.send('shop', [rawSpan({ traceId: SHARED })]);
  });
  afterAll(() => off.stop());
  const ask = async (method: string, path: string, headers: Record<string, string>, body?: unknown) => {
    const answer = await fetch(`${off.url}${path}`, {
      method,
      headers: { 'content-type': 'application/json', ...headers },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    return { status: answer.status, text: await answer.text() };
  };

  test('opens no link and asks for the key on its page', async () => {
    const { status } = await ask('GET', `/share/${TOKEN}`, { accept: 'text/html' });
    expect(status).toBe(401);
    expect((await ask('GET', `/share/${TOKEN}/api/v1/traces/${SHARED}`, {})).status).toBe(401);
    expect((await ask('GET', '/icon.svg', {})).status).toBe(401);
  });

  test('creates no links, and still lists and deletes them', async () => {
    const created = await ask('POST', '/api/v1/share-links?project=shop', off.keyHeaders, {
      traceId: SHARED,
    });
    expect(created.status).toBe(403);
    expect(JSON.parse(created.text)).toMatchObject({ code: 'share-links-disabled' });
    const listed = await ask('GET', '/api/v1/share-links?project=shop', off.keyHeaders);
    expect(JSON.parse(listed.text)).toEqual({ enabled: false, links: [] });
    const deleted = await ask('DELETE', '/api/v1/share-links/x?project=shop', off.keyHeaders);
    expect(JSON.parse(deleted.text)).toMatchObject({ code: 'share-link-not-found' });
  });
});

import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { RELATIONAL_ENGINES, type TestRelational } from '../../testing/relational-engines.ts';
import { createShareLinkStore, MAX_SHARE_LINKS, type ShareLinkStore } from './share-link-store.ts';

const T0 = 1_795_000_000_000;
const HOUR = 3_600_000;

describe.each(RELATIONAL_ENGINES)('public links on $name', (engine) => {
  let relational: TestRelational;
  let links: ShareLinkStore;
  let nowMs = T0;
  beforeAll(async () => {
    await engine.start();
    relational = await engine.open();
    links = createShareLinkStore({ relational, nowMs: () => nowMs });
  });
  afterAll(async () => {
    await relational.close();
    await engine.stop();
  });

  test('a link opens its trace until it is deleted', async () => {
    nowMs = T0;
    const { token, ...link } = await links.create('shop', { traceId: 'a' });
    expect(link).toEqual({
      id: link.id,
      traceId: 'a',
      createdAt: '2026-11-18T11:06:40.000000000Z',
      expiresAt: null,
    });
    expect(await links.find(token)).toEqual({ project: 'shop', traceId: 'a', expiresAt: null });
    expect(await links.list('shop', 'a')).toEqual([link]);
    expect(await links.list('shop', 'b')).toEqual([]);
    expect(await links.list('other')).toEqual([]);
    await expect(links.remove('other', link.id)).rejects.toMatchObject({ code: 'share-link-not-found' });
    expect(await links.find(token)).toBeDefined();
    await links.remove('shop', link.id);
    expect(await links.find(token)).toBeUndefined();
    expect(await links.list('shop')).toEqual([]);
  });

  test('a link that expires opens nothing from then on', async () => {
    nowMs = T0;
    const { token, expiresAt } = await links.create('expiring', { traceId: 'a', expiresInHours: 2 });
    expect(expiresAt).toBe('2026-11-18T13:06:40.000000000Z');
    nowMs = T0 + 2 * HOUR - 1;
    expect(await links.find(token)).toEqual({ project: 'expiring', traceId: 'a', expiresAt });
    nowMs = T0 + 2 * HOUR;
    expect(await links.find(token)).toBeUndefined();
    expect(await links.list('expiring')).toEqual([]);
  });

  test('the token is not stored, and what is stored opens nothing', async () => {
    const { token } = await links.create('secret', { traceId: 'a' });
    const [row] = await relational.use((db) =>
      db.selectFrom('share_links').selectAll().where('project', '=', 'secret').execute(),
    );
    expect(JSON.stringify(row)).not.toContain(token);
    expect(await links.find(row?.token_digest ?? '')).toBeUndefined();
    expect(await links.find(row?.id ?? '')).toBeUndefined();
  });

  test('tokens are long, and only the exact token opens its trace', async () => {
    const tokens = [];
    for (let index = 0; index < 20; index++)
      tokens.push((await links.create('tokens', { traceId: `${index}` })).token);
    expect(new Set(tokens).size).toBe(20);
    const [token = ''] = tokens;
    expect(token).toMatch(/^[\w-]{43}$/);
    const swapped = token.replace(/[a-zA-Z]/, (letter) =>
      letter === letter.toLowerCase() ? letter.toUpperCase() : letter.toLowerCase(),
    );
    for (const wrong of ['', '%', '_'.repeat(43), token.slice(1), `${token} `, `${token}\u0000`, swapped])
      expect(await links.find(wrong)).toBeUndefined();
  });

  test('a project has a bounded number of links, and expired ones do not count', async () => {
    nowMs = T0;
    await relational.use(async (db) => {
      for (let from = 0; from < MAX_SHARE_LINKS; from += 200)
        await db
          .insertInto('share_links')
          .values(
            Array.from({ length: 200 }, (_, index) => ({
              id: `many ${from + index}`,
              token_digest: `digest ${from + index}`,
              project: 'many',
              trace_id: 'a',
              created_at: T0,
              expires_at: from === 0 ? T0 + HOUR : null,
            })),
          )
          .execute();
    });
    await expect(links.create('many', { traceId: 'a' })).rejects.toMatchObject({
      code: 'too-many-share-links',
    });
    nowMs = T0 + HOUR;
    await expect(links.create('many', { traceId: 'a' })).resolves.toMatchObject({ traceId: 'a' });
  });
});

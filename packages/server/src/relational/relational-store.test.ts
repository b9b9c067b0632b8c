import { sql } from 'kysely';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { RELATIONAL_ENGINES, type TestRelational } from '../testing/relational-engines.ts';
import { isUniqueViolation } from './database-error.ts';
import { migrateRelational, NewerRelationalSchemaError } from './migrate-relational.ts';

describe.each(RELATIONAL_ENGINES)('the relational store on $name', (engine) => {
  let store: TestRelational;
  beforeAll(async () => {
    await engine.start();
    store = await engine.open();
  });
  afterAll(async () => {
    await store.close();
    await engine.stop();
  });

  const row = (id: string, change: Readonly<Record<string, unknown>> = {}) => ({
    id,
    project: 'shop',
    page: 'traces',
    name: id,
    name_key: id,
    state: '{}',
    is_default: 0 as const,
    created_at: 1_795_000_000_123,
    updated_at: 0,
    ...change,
  });

  test('returns what was stored, integers as numbers', async () => {
    const name = 'Ünïcode 漢字 👩🏽‍🚀 "quoted" \\ \n\t';
    const found = await store.use(async (db) => {
      await db.insertInto('views').values(row('a', { name })).execute();
      return db.selectFrom('views').selectAll().where('id', '=', 'a').execute();
    });
    expect(found).toEqual([row('a', { name })]);
  });

  test('recognises a row that violates a unique key, and works on', async () => {
    const insert = (id: string) =>
      store.use((db) =>
        db
          .insertInto('views')
          .values(row(id, { name_key: 'same' }))
          .execute(),
      );
    await insert('one');
    const error = await insert('two').catch((caught: unknown) => caught);
    expect(isUniqueViolation(error)).toBe(true);
    await expect(insert('one')).rejects.toSatisfy(isUniqueViolation);
    const count = await store.use((db) =>
      db.selectFrom('views').select('id').where('name_key', '=', 'same').execute(),
    );
    expect(count).toEqual([{ id: 'one' }]);
  });

  test('a transaction that fails leaves nothing behind', async () => {
    const failing = store.use((db) =>
      db.transaction().execute(async (transaction) => {
        await transaction.insertInto('views').values(row('gone')).execute();
        throw new Error('changed my mind');
      }),
    );
    await expect(failing).rejects.toThrow('changed my mind');
    const rows = await store.use((db) =>
      db.selectFrom('views').select('id').where('id', '=', 'gone').execute(),
    );
    expect(rows).toEqual([]);
  });

  test('transactions at the same time do not mix', async () => {
    const add = (index: number) =>
      store.use((db) =>
        db.transaction().execute(async (transaction) => {
          await transaction
            .insertInto('views')
            .values(row(`mix ${index}`, { project: 'mix' }))
            .execute();
          if (index % 2 === 1) throw new Error('odd');
        }),
      );
    const results = await Promise.allSettled(Array.from({ length: 20 }, (_, index) => add(index)));
    expect(results.filter(({ status }) => status === 'fulfilled')).toHaveLength(10);
    const kept = await store.use((db) =>
      db.selectFrom('views').select('id').where('project', '=', 'mix').execute(),
    );
    expect(kept.map(({ id }) => id).sort()).toEqual(
      Array.from({ length: 10 }, (_, index) => `mix ${2 * index}`).sort(),
    );
  });

  test('an error in a statement does not count as a database that cannot be used', async () => {
    await expect(store.use((db) => sql`SELECT one FROM nowhere`.execute(db))).rejects.toThrow(/nowhere/);
    await expect(store.problem()).resolves.toBeUndefined();
  });

  test('data is still there after closing and opening again', async () => {
    const first = await engine.open();
    await first.use((db) => db.insertInto('views').values(row('kept')).execute());
    await first.close();
    const second = first.again();
    const rows = await second.use((db) => db.selectFrom('views').select('id').execute());
    await second.close();
    expect(rows).toEqual([{ id: 'kept' }]);
  });

  test('a store that is closed rejects statements', async () => {
    const closed = await engine.open();
    await closed.close();
    await expect(closed.use(async () => 1)).rejects.toMatchObject({ code: 'shutting-down' });
  });

  test('a migration that fails leaves nothing behind, and the next attempt succeeds', async () => {
    const fresh = await engine.open();
    const migration = (last: string) => [
      { id: 1, name: 'views', statements: ['SELECT 1'] },
      { id: 2, name: 'two', statements: ['CREATE TABLE two (id INTEGER)', last] },
    ];
    const applied = fresh.use(async (db) => {
      await sql`DROP TABLE schema_migrations`.execute(db);
      const broken = migrateRelational(db, migration('CREATE TABLE two (id INTEGER)'), async () => {});
      await expect(broken).rejects.toThrow(/two/);
      return migrateRelational(db, migration('CREATE TABLE three (id INTEGER)'), async () => {});
    });
    await expect(applied).resolves.toEqual(['views', 'two']);
    await fresh.close();
  });

  test('a store of a newer version is not touched', async () => {
    const newer = await engine.open();
    await newer.use((db) =>
      sql`INSERT INTO schema_migrations (id, name, applied_at) VALUES (99, 'later', 0)`.execute(db),
    );
    const error = await newer
      .use((db) => migrateRelational(db, [], async () => {}))
      .catch((caught: unknown) => caught);
    expect(error).toBeInstanceOf(NewerRelationalSchemaError);
    await newer.close();
    const again = newer.again();
    await expect(again.use(async () => 1)).rejects.toMatchObject({
      code: 'relational-unavailable',
      message: expect.stringContaining('newer Throughline (schema 99'),
    });
    await again.close();
  });
});

test('servers that start at the same time on one Postgres migrate it once', async () => {
  const [, postgres] = RELATIONAL_ENGINES;
  await postgres?.start();
  const first = await postgres?.open();
  if (!first) throw new Error('there is no Postgres');
  const stores = [first, first.again(), first.again(), first.again()];
  const seen = await Promise.all(
    stores.map((store) =>
      store.use((db) => sql<{ id: number }>`SELECT id FROM schema_migrations ORDER BY id`.execute(db)),
    ),
  );
  for (const { rows } of seen) expect(rows).toEqual(seen[0]?.rows);
  expect(seen[0]?.rows[0]).toEqual({ id: 1 });
  for (const store of stores) await store.close();
  await postgres?.stop();
});

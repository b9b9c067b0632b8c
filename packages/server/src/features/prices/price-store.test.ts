import { waitFor } from '@throughline/tests/wait-for';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { NewPrice } from '../../contract/price.ts';
import { RELATIONAL_ENGINES, type TestRelational } from '../../testing/relational-engines.ts';
import { watchPrices } from './current-prices.ts';
import { createPriceStore, MAX_PRICES, type PriceStore } from './price-store.ts';

const T0 = 1_795_000_000_000;

describe.each(RELATIONAL_ENGINES)('prices on $name', (engine) => {
  let relational: TestRelational;
  let prices: PriceStore;
  let nowMs = T0;
  beforeAll(async () => {
    await engine.start();
    relational = await engine.open();
    prices = createPriceStore({ relational, nowMs: () => nowMs });
  });
  afterAll(async () => {
    await relational.close();
    await engine.stop();
  });

  const newPrice = (model: string, change: Partial<NewPrice> = {}): NewPrice => ({
    model,
    provider: null,
    from: null,
    to: null,
    usdPerMillion: { input: 3, output: 15 },
    tiers: [],
    serviceTiers: {},
    usdPerRequest: null,
    ...change,
  });

  test('a price is returned as it was set', async () => {
    nowMs = T0;
    const given = newPrice('acme-漢字*', {
      provider: 'Acme',
      from: T0,
      to: T0 + 86_400_000,
      usdPerMillion: { input: 0.1, cachedInput: 0.025, output: 0 },
      tiers: [{ aboveInputTokens: 200_000, input: 0.2 }],
      serviceTiers: { batch: 0.5 },
      usdPerRequest: 0.001,
    });
    const created = await prices.create('own', given);
    expect(created).toEqual({
      ...given,
      id: created.id,
      revision: 1,
      from: '2026-11-18T11:06:40.000000000Z',
      to: '2026-11-19T11:06:40.000000000Z',
      createdAt: '2026-11-18T11:06:40.000000000Z',
      updatedAt: '2026-11-18T11:06:40.000000000Z',
    });
    expect(await prices.list('own')).toEqual([created]);
  });

  test('a change replaces the price and raises its revision', async () => {
    nowMs = T0;
    const { id } = await prices.create('change', newPrice('a', { usdPerRequest: 1 }));
    nowMs = T0 + 1500;
    expect(await prices.replace('change', id, newPrice('b'))).toMatchObject({
      id,
      model: 'b',
      revision: 2,
      usdPerRequest: null,
      createdAt: '2026-11-18T11:06:40.000000000Z',
      updatedAt: '2026-11-18T11:06:41.500000000Z',
    });
    await prices.remove('change', id);
    expect(await prices.list('change')).toEqual([]);
  });

  test('a model has one price for each provider and start', async () => {
    await prices.create('same', newPrice('gpt-4o'));
    await prices.create('same', newPrice('gpt-4o', { provider: 'azure' }));
    const later = await prices.create('same', newPrice('gpt-4o', { from: T0 }));
    const exists = { code: 'price-exists', message: expect.stringContaining('a price for "GPT-4O"') };
    await expect(prices.create('same', newPrice('GPT-4O'))).rejects.toMatchObject(exists);
    await expect(prices.replace('same', later.id, newPrice('GPT-4O'))).rejects.toMatchObject(exists);
    expect((await prices.list('same')).map(({ provider, from }) => [provider, from !== null])).toEqual([
      [null, false],
      [null, true],
      ['azure', false],
    ]);
  });

  test('prices belong to their project', async () => {
    const { id } = await prices.create('mine', newPrice('x'));
    await prices.create('theirs', newPrice('x'));
    const missing = { code: 'price-not-found' };
    await expect(prices.replace('theirs', id, newPrice('y'))).rejects.toMatchObject(missing);
    await expect(prices.remove('theirs', id)).rejects.toMatchObject(missing);
    expect((await prices.list('mine')).map(({ model }) => model)).toEqual(['x']);
  });

  test('their number is limited', async () => {
    await relational.use((db) =>
      db
        .insertInto('prices')
        .values(
          Array.from({ length: MAX_PRICES }, (_, n) => ({
            id: `many${n}`,
            project: 'many',
            model: `m${n}`,
            model_key: `m${n}`,
            provider: '',
            provider_key: '',
            from_ms: 0,
            to_ms: 1,
            terms: '{}',
            revision: 1,
            created_at: 0,
            updated_at: 0,
          })),
        )
        .execute(),
    );
    await expect(prices.create('many', newPrice('one more'))).rejects.toMatchObject({
      code: 'too-many-prices',
      message: 'The project has 500 prices already.',
    });
    await relational.use((db) => db.deleteFrom('prices').where('project', '=', 'many').execute());
  });

  test('their size is limited for a project and for all projects together', async () => {
    const model = 'large';
    // Each price has terms of about 2,000 bytes, such as one with ten tiers.
    const fill = (project: string, count: number) =>
      relational.use((db) =>
        db
          .insertInto('prices')
          .values(
            Array.from({ length: count }, (_, n) => ({
              id: `${project}-${n}`,
              project,
              model: `m${n}`,
              model_key: `m${n}`,
              provider: '',
              provider_key: '',
              from_ms: 0,
              to_ms: 1,
              terms: JSON.stringify({ tiers: 'x'.repeat(2030) }),
              revision: 1,
              created_at: 0,
              updated_at: 0,
            })),
          )
          .execute(),
      );
    const { id } = await prices.create('large', newPrice(model));
    await fill('large', 61);
    const tooLarge = {
      code: 'too-many-prices',
      message: 'The prices of the project would be larger than 128 KiB.',
    };
    const tiers = Array.from({ length: 10 }, (_, n) => ({ aboveInputTokens: n + 1, input: 0.123456789 }));
    expect(await prices.replace('large', id, newPrice(model))).toMatchObject({ revision: 2 });
    await expect(prices.replace('large', id, newPrice(model, { tiers }))).rejects.toMatchObject(tooLarge);
    expect((await prices.list('large')).find((each) => each.id === id)?.tiers).toEqual([]);
    for (let n = 0; n < 8; n++) await fill(`large${n}`, 60);
    await expect(prices.create('small', newPrice('x'))).rejects.toMatchObject({
      code: 'too-many-prices',
      message: 'The prices of all projects together would be larger than 1 MiB.',
    });
    expect(await prices.list('small')).toEqual([]);
    await relational.use((db) => db.deleteFrom('prices').where('project', 'like', 'large%').execute());
  });

  test('a change that fails is no change', async () => {
    const before = await prices.readAll();
    await expect(prices.remove('own', 'missing')).rejects.toMatchObject({ code: 'price-not-found' });
    expect(await prices.readAll(before?.revision)).toBeUndefined();
  });

  test('a server uses what another server has changed, without being told', async () => {
    const other = createPriceStore({ relational, nowMs: () => nowMs });
    const current = await watchPrices({ store: other, relational, isShared: true, everyMs: 20 });
    const { id } = await prices.create('shared', newPrice('s'));
    const found = () => current.of('shared')?.find(undefined, 's', T0);
    await waitFor('the price', () => found() !== undefined);
    await prices.remove('shared', id);
    await waitFor('the deletion', () => found() === undefined);
    current.stop();
  });

  test('another reader of the same data uses a change after it has read it again', async () => {
    const other = createPriceStore({ relational, nowMs: () => nowMs });
    const current = await watchPrices({ store: other, relational, isShared: false });
    const inputPrice = () => current.of('watched')?.find(undefined, 'w', T0)?.price.prices.input;
    expect(inputPrice()).toBeUndefined();
    const { id } = await prices.create('watched', newPrice('w'));
    expect(inputPrice()).toBeUndefined();
    await current.refresh();
    expect(inputPrice()).toBe(3);
    await prices.replace('watched', id, newPrice('w', { usdPerMillion: { input: 4, output: 0 } }));
    await current.refresh();
    expect(inputPrice()).toBe(4);
    await prices.remove('watched', id);
    await current.refresh();
    expect(inputPrice()).toBeUndefined();
    current.stop();
  });
});

import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { NewView } from '../../contract/view.ts';
import { RELATIONAL_ENGINES, type TestRelational } from '../../testing/relational-engines.ts';
import { createViewStore, MAX_VIEWS, type ViewStore } from './view-store.ts';

const T0 = 1_795_000_000_000;

describe.each(RELATIONAL_ENGINES)('saved views on $name', (engine) => {
  let relational: TestRelational;
  let views: ViewStore;
  let nowMs = T0;
  beforeAll(async () => {
    await engine.start();
    relational = await engine.open();
    views = createViewStore({ relational, nowMs: () => nowMs });
  });
  afterAll(async () => {
    await relational.close();
    await engine.stop();
  });

  const newView = (name: string, change: Partial<NewView> = {}): NewView => ({
    page: 'traces',
    name,
    state: { version: 1, search: { q: 'status:error' } },
    isDefault: false,
    ...change,
  });
  const namesOf = async (project: string) => (await views.list(project)).map(({ name }) => name);

  test('a view is returned as it was saved', async () => {
    nowMs = T0;
    const state = {
      version: 1,
      search: { q: 'name:"漢字 ü"', range: '7d', sort: '-costUsd', columns: 'name,attr.customer.tier~120' },
    };
    const created = await views.create('own', newView('Errors of gold customers', { state }));
    expect(created).toEqual({
      id: created.id,
      page: 'traces',
      name: 'Errors of gold customers',
      isDefault: false,
      state,
      createdAt: '2026-11-18T11:06:40.000000000Z',
      updatedAt: '2026-11-18T11:06:40.000000000Z',
    });
    expect(await views.list('own')).toEqual([created]);
  });

  test('a change keeps what it does not name', async () => {
    nowMs = T0;
    const { id, ...rest } = await views.create('change', newView('Before'));
    nowMs = T0 + 1500;
    const renamed = await views.change('change', id, { name: 'After' });
    expect(renamed).toEqual({ id, ...rest, name: 'After', updatedAt: '2026-11-18T11:06:41.500000000Z' });
    const state = { version: 2, search: { sort: 'startTime' } };
    expect(await views.change('change', id, { state })).toMatchObject({ name: 'After', state });
  });

  test('views belong to their project', async () => {
    const { id } = await views.create('mine', newView('Mine', { isDefault: true }));
    await views.create('theirs', newView('Mine', { isDefault: true }));
    expect(await namesOf('theirs')).toEqual(['Mine']);
    await expect(views.change('theirs', id, { name: 'Taken' })).rejects.toMatchObject({
      code: 'view-not-found',
    });
    await expect(views.remove('theirs', id)).rejects.toMatchObject({ code: 'view-not-found' });
    expect((await views.list('mine'))[0]).toMatchObject({ name: 'Mine', isDefault: true });
  });

  test('a name is unique on its page, whatever its case', async () => {
    await views.create('names', newView('Costly'));
    const other = await views.create('names', newView('Other'));
    const taken = { code: 'view-exists', message: 'The page has a view named "COSTLY" already.' };
    await expect(views.create('names', newView('COSTLY'))).rejects.toMatchObject(taken);
    await expect(views.change('names', other.id, { name: 'COSTLY' })).rejects.toMatchObject(taken);
    await views.create('names', newView('Costly', { page: 'spans' }));
    expect(await views.change('names', other.id, { name: 'OTHER' })).toMatchObject({ name: 'OTHER' });
  });

  test('a page has one default at most', async () => {
    const one = await views.create('default', newView('One', { isDefault: true }));
    const two = await views.create('default', newView('Two', { isDefault: true }));
    await views.create('default', newView('Spans', { page: 'spans', isDefault: true }));
    const defaults = async () =>
      (await views.list('default')).filter(({ isDefault }) => isDefault).map(({ name }) => name);
    expect(await defaults()).toEqual(['Spans', 'Two']);
    await views.change('default', one.id, { isDefault: true });
    expect(await defaults()).toEqual(['Spans', 'One']);
    await views.change('default', one.id, { isDefault: false });
    expect(await defaults()).toEqual(['Spans']);
    await views.change('default', two.id, { isDefault: true });
    await views.remove('default', two.id);
    expect(await defaults()).toEqual(['Spans']);
  });

  test('people who set a default at the same time end with one', async () => {
    const created = [];
    for (let index = 0; index < 6; index++)
      created.push(await views.create('race', newView(`View ${index}`)));
    const results = await Promise.allSettled(
      created.map(({ id }) => views.change('race', id, { isDefault: true })),
    );
    expect(results.some(({ status }) => status === 'fulfilled')).toBe(true);
    expect((await views.list('race')).filter(({ isDefault }) => isDefault)).toHaveLength(1);
  });

  test('views are listed by page and name, for one page on request', async () => {
    for (const name of ['b10', 'a', 'B2']) await views.create('order', newView(name));
    await views.create('order', newView('z', { page: 'spans' }));
    expect(await namesOf('order')).toEqual(['z', 'a', 'B2', 'b10']);
    expect((await views.list('order', 'spans')).map(({ name }) => name)).toEqual(['z']);
  });

  test('a project has a bounded number of views', async () => {
    await relational.use((db) =>
      db
        .insertInto('views')
        .values(
          Array.from({ length: MAX_VIEWS }, (_, index) => ({
            id: `many ${index}`,
            project: 'many',
            page: 'traces',
            name: `${index}`,
            name_key: `${index}`,
            state: '{}',
            is_default: 0 as const,
            created_at: 0,
            updated_at: 0,
          })),
        )
        .execute(),
    );
    await expect(views.create('many', newView('One more'))).rejects.toMatchObject({ code: 'too-many-views' });
    await views.remove('many', 'many 7');
    await expect(views.create('many', newView('One more'))).resolves.toMatchObject({ name: 'One more' });
  });
});

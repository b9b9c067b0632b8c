import { parseFilter } from '@throughline/spans';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { openTestStore, type TestStore } from '../../testing/test-store.ts';
import { projectScope } from '../project-scope.ts';
import type { ListedField } from '../value-counts.ts';
import { spanValues } from './span-values.ts';

let store: TestStore;
beforeAll(async () => {
  store = await openTestStore();
  const span = (id: string, rest: Record<string, unknown>) => ({ trace_id: 't', span_id: id, ...rest });
  await store.insertSpans(
    span('a', { kind: 'llm', model: 'gpt-4o', tags: ['vip', 'beta'] }),
    span('b', { kind: 'llm', model: 'gpt-4o', status: 'error', tags: ['vip', 'vip'] }),
    span('c', { kind: 'tool' }),
  );
  // A newer version of a span replaces its values.
  await store.insertSpans(
    span('b', { kind: 'llm', model: 'o3', status: 'error', tags: ['vip'], version: 2 }),
  );
});
afterAll(() => store.close());

async function valuesOf(field: ListedField, q = '', prefix = '', limit = 10) {
  const parsed = parseFilter(q, { of: 'span' });
  if (!parsed.ok) throw new Error(parsed.problem.message);
  const scope = projectScope(store.engine, 'p');
  const { values, more } = await spanValues(scope, { field, prefix, filter: parsed.filter, limit });
  return { values: values.map(({ value, count }) => [value, count]), more };
}

it('counts the spans with each value, each in its latest version', async () => {
  expect(await valuesOf('model')).toEqual({
    values: [
      ['gpt-4o', 1],
      ['o3', 1],
    ],
    more: false,
  });
  expect(await valuesOf('tag')).toEqual({
    values: [
      ['vip', 2],
      ['beta', 1],
    ],
    more: false,
  });
  expect((await valuesOf('status')).values).toEqual([
    ['unset', 2],
    ['error', 1],
  ]);
});

it('counts only spans that pass the filter, and lists values with the prefix', async () => {
  expect((await valuesOf('kind', 'status:error')).values).toEqual([['llm', 1]]);
  expect((await valuesOf('model', '', 'GPT')).values).toEqual([['gpt-4o', 1]]);
  expect(await valuesOf('model', '', '', 1)).toEqual({ values: [['gpt-4o', 1]], more: true });
});

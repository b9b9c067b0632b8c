import { parseFilter } from '@throughline/spans';
import { expect, it } from 'vitest';
import { drillDown, rangeCondition } from './drill-down.ts';

const BASE = {
  of: 'spans',
  project: 'shop',
  filters: [],
  fromMs: 0,
  toMs: 3_600_000,
  measure: 'cost.sum',
  by: [],
} as const;
const behind = (change: Partial<Parameters<typeof drillDown>[0]>) => {
  const { to, search } = drillDown({ ...BASE, ...change });
  const { q, sort } = search;
  if (q !== undefined) expect(parseFilter(q)).toMatchObject({ ok: true });
  return [to, q, sort];
};

it('keeps the time and the project', () => {
  expect(drillDown(BASE).search).toEqual({
    project: 'shop',
    from: '1970-01-01T00:00:00.000Z',
    to: '1970-01-01T01:00:00.000Z',
    sort: '-costUsd',
  });
});

it('opens the spans of a group, with the filters of the page and of the panel', () => {
  expect(
    behind({ by: ['model'], row: { model: 'gpt 4' }, filters: ['env:prod kind:llm', 'kind:llm'] }),
  ).toEqual(['/spans', 'env:prod kind:llm model:"gpt 4"', '-costUsd']);
  expect(behind({ by: ['attr.plan'], row: { 'attr.plan': null } })).toEqual([
    '/spans',
    '-attr.plan:*',
    '-costUsd',
  ]);
});

it('opens traces if the group can come from the trace', () => {
  expect(behind({ by: ['feature', 'model'], row: { feature: 'search', model: 'o3' } })).toEqual([
    '/',
    'feature:search model:o3',
    '-costUsd',
  ]);
  expect(behind({ by: ['traceName'], row: { traceName: 'POST /chat' }, measure: 'durationMs.p95' })).toEqual([
    '/',
    'root(name:"POST /chat")',
    '-durationMs',
  ]);
});

it('opens only what failed for a measure of failures', () => {
  expect(behind({ of: 'traces', measure: 'errorRate.ratio' })).toEqual(['/', 'status:error', undefined]);
  expect(behind({ measure: 'failed.sum', by: ['tool'], row: { tool: 'lookup' } })).toEqual([
    '/spans',
    'tool:lookup status:error',
    undefined,
  ]);
  expect(behind({ measure: 'failed.sum', by: ['user'], row: { user: 'u1' } })).toEqual([
    '/',
    'user:u1 has(status:error)',
    undefined,
  ]);
});

it('keeps alternatives of the page together', () => {
  expect(behind({ filters: ['model:a OR model:b', 'kind:llm'] })[1]).toBe('(model:a OR model:b) kind:llm');
});

it('writes the range of a bar as two conditions', () => {
  expect(rangeCondition('cost', 0.02, 0.03)).toHaveLength(2);
  expect(rangeCondition('hourOfDay', 5, 5)).toEqual([]);
});

import { expect, it } from 'vitest';
import type { MetricsResult } from '../../api/types.ts';
import { metricsToCsv } from './metrics-csv.ts';

const result = (change: Partial<MetricsResult>): MetricsResult => ({
  columns: [
    { name: 'feature', type: 'label', unit: null },
    { name: 'cost.sum', type: 'number', unit: 'usd' },
  ],
  rows: [{ feature: '=search', 'cost.sum': 1.25, unpricedCalls: 3 }],
  groups: [],
  other: { groups: 2, total: { 'cost.sum': 0.1, unpricedCalls: 0 }, rows: [] },
  totals: {},
  grain: null,
  times: [],
  from: '',
  to: '',
  incomplete: true,
  unpricedCalls: 3,
  unpricedModels: [],
  previous: null,
  ...change,
});

it('writes all groups and the others, and no formula', () => {
  expect(metricsToCsv(result({}))).toBe(
    'feature,cost.sum,unpricedCalls\r\n"\'=search",1.25,3\r\nother,0.1,0\r\n',
  );
});

it('writes a row for each step of time', () => {
  const text = metricsToCsv(
    result({
      columns: [{ name: 'time', type: 'time', unit: null }, ...result({}).columns],
      rows: [{ time: '2026-11-20', feature: null, 'cost.sum': 1 }],
      other: { groups: null, total: {}, rows: [{ time: '2026-11-20', 'cost.sum': 2 }] },
    }),
  );
  expect(text).toBe('time,feature,cost.sum\r\n2026-11-20,,1\r\n2026-11-20,other,2\r\n');
});

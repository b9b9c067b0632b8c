import { expect, it } from 'vitest';
import { parseDashboardView, printDashboardView } from './url.ts';

it.each([
  {},
  { project: 'shop', range: '24h', q: 'env:prod', by: 'attr.customer.tier', score: 'quality', compare: '0' },
  { from: '2026-11-01T00:00:00.000Z', to: '2026-11-02T00:00:00.000Z', by: 'model' },
])('the address %j is read and printed without a change', (search) => {
  expect(printDashboardView(parseDashboardView(search as Record<string, string>))).toEqual(search);
});

it('shows a week and compares by default, and ignores a dimension that does not exist', () => {
  expect(parseDashboardView({ by: 'colour', q: ' a ' })).toEqual({
    range: { kind: 'recent', recent: '7d' },
    q: 'a',
    compare: true,
  });
});

import { expect, it } from 'vitest';
import { parsePricesView, printPricesView } from './url.ts';

it.each([
  [{ project: 'shop' }],
  [{ project: 'shop', range: '24h' }],
  [{ project: 'shop', range: '7d', model: 'gpt-4o', provider: 'openai' }],
  [{ from: '2026-11-01T00:00:00.000Z', to: '2026-12-01T00:00:00.000Z', model: 'a b' }],
])('the address %j is read and written without a loss', (search) => {
  expect(printPricesView(parsePricesView(search))).toEqual(search);
});

it('counts the calls of 30 days unless the address has a range', () => {
  expect(parsePricesView({}).range).toEqual({ kind: 'recent', recent: '30d' });
  expect(printPricesView(parsePricesView({ range: '30d' }))).toEqual({});
});

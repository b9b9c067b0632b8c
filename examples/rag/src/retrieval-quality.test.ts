import { embed } from '@throughline/example-model-server';
import { afterAll, expect, test } from 'vitest';
import { readHandbook } from './handbook.ts';
import { rerank } from './rerank.ts';
import { openVectorIndex } from './vector-index.ts';

const DIMENSIONS = 256;
const handbook = readHandbook();
const index = openVectorIndex(DIMENSIONS);
index.add(
  handbook,
  handbook.map(({ title, text }) => embed(`${title}. ${text}`, DIMENSIONS)),
);
afterAll(() => index.close());

test('the handbook has 48 passages with unique ids', () => {
  expect(handbook).toHaveLength(48);
  expect(new Set(handbook.map(({ id }) => id)).size).toBe(48);
  expect(handbook.every(({ text }) => text.length > 200)).toBe(true);
});

test('a search returns the requested number of passages, most similar first', () => {
  const passage = handbook[7];
  if (passage === undefined) throw new Error('Expected a passage');
  const found = index.search(embed(`${passage.title}. ${passage.text}`, DIMENSIONS), 12);
  expect(found).toHaveLength(12);
  expect(found[0]).toMatchObject({ id: passage.id, title: passage.title, text: passage.text });
  expect(found[0]?.score).toBeCloseTo(1, 5);
  const scores = found.map(({ score }) => score);
  expect(scores).toEqual([...scores].sort((a, b) => b - a));
});

test.each([
  ['How long can I return unused items?', 'returns/return-period'],
  ['When do I get my money back?', 'returns/refund-timing'],
  ['Is my parcel lost?', 'shipping/lost-or-damaged-parcels'],
  ['What does express delivery cost?', 'shipping/shipping-costs'],
  ['My stove leaks at the valve', 'warranty/stove-safety-recall'],
  ['How do I measure my back for a backpack?', 'products/backpack-fitting'],
  ['How do I cancel the membership?', 'membership/cancelling-a-membership'],
  ['I forgot my password', 'account/resetting-a-password'],
  ['Which shops are open on Sundays?', 'stores/opening-hours'],
  ['Can I pay with three gift cards?', 'ordering/payment-methods'],
])('the search for "%s" finds %s', (question, id) => {
  const found = index.search(embed(question, DIMENSIONS), 12);
  expect(rerank(question, found, 5).map((passage) => passage.id)).toContain(id);
});

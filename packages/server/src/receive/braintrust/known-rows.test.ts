import { expect, it } from 'vitest';
import { KnownRows } from './known-rows.ts';

it('remembers the rows that arrived last, and none with a long id', () => {
  const rows = new KnownRows();
  const place = { project: 'shop', traceId: 't'.repeat(800), spanId: 's' };
  for (let index = 0; index < 20_000; index++) rows.set(`row ${index}`, place);
  rows.set('x'.repeat(700), place);
  expect(rows.get('row 19999')).toBe(place);
  expect([rows.get('row 0'), rows.get('x'.repeat(700))]).toEqual([undefined, undefined]);
});

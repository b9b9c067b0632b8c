import { expect, it } from 'vitest';
import { parseSqlView, printSqlView } from './url.ts';

it('a view survives its address', () => {
  const view = {
    project: 'shop',
    range: { kind: 'recent', recent: '7d' },
    query: "SELECT name\nFROM spans -- ü 'a & b'",
  } as const;
  expect(parseSqlView(printSqlView(view))).toEqual(view);
  expect(printSqlView(parseSqlView({}))).toEqual({});
});

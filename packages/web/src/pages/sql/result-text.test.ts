import { expect, it } from 'vitest';
import { isNumeric, resultToCsv, resultToJson } from './result-text.ts';

const result = {
  columns: [
    { name: 'name', type: 'String' },
    { name: 'n', type: 'UInt64' },
  ],
  rows: [
    ['=1+1', '-5'],
    ['a,"b"', null],
    [['x'], 2],
  ],
  truncated: false,
};

it('is CSV that no spreadsheet runs as a formula', () => {
  expect(resultToCsv(result)).toBe(`name,n\r\n'=1+1,-5\r\n"a,""b""",\r\n"[""x""]",2\r\n`);
});

it('is JSON with one object for each row', () => {
  expect(JSON.parse(resultToJson(result))).toEqual([
    { name: '=1+1', n: '-5' },
    { name: 'a,"b"', n: null },
    { name: ['x'], n: 2 },
  ]);
});

it.each([
  ['UInt64', true],
  ['Nullable(Decimal(18, 12))', true],
  ['LowCardinality(String)', false],
  ["DateTime64(9, 'UTC')", false],
])('knows whether %s is a number', (type, expected) => {
  expect(isNumeric(type)).toBe(expected);
});

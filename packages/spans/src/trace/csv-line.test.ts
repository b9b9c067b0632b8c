import { expect, it } from 'vitest';
import { csvLine } from './csv-line.ts';

it.each([
  [['plain', 1.5, true, null], 'plain,1.5,true,\r\n'],
  [['a,b', 'say "hi"', 'two\nlines'], '"a,b","say ""hi""","two\nlines"\r\n'],
  [[['x', 'y']], 'x; y\r\n'],
  [[-5, -0.25], '-5,-0.25\r\n'],
])('writes %j', (cells, line) => {
  expect(csvLine(cells)).toBe(line);
});

it.each(['=1+1', '+1', '-1', '@SUM(A1)', '\t=1', '\r=1', '=HYPERLINK("http://evil")', '|calc'])(
  'a spreadsheet does not run the text %j',
  (text) => {
    expect(csvLine([text])).toMatch(/^"'/);
  },
);

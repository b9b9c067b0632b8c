import { describe, expect, it } from 'vitest';
import { acceptOption, completeSql } from './completion.ts';

const tables = [
  {
    name: 'spans',
    columns: [
      { name: 'name', type: 'String' },
      { name: 'status', type: 'String' },
    ],
  },
  { name: 'scores', columns: [{ name: 'number', type: 'Float64' }] },
];
const textsOf = (text: string, cursor = text.length) =>
  completeSql(text, cursor, tables)?.options.map((option) => option.text);

describe('the completion of SQL', () => {
  it.each([
    ['s', ['spans', 'scores', 'status', 'SELECT', 'sum(', 'sumIf(']],
    ['SELECT n', ['name', 'number', 'NOT']],
    ['SELECT * FROM sp', ['spans']],
    ['select * fr', ['FROM']],
  ])('of %j is %j', (text, options) => {
    expect(textsOf(text)).toEqual(options);
  });

  it('offers the columns of the tables that the statement mentions', () => {
    expect(textsOf('SELECT n FROM scores', 8)).toEqual(['number', 'NOT']);
  });

  it.each(["SELECT 'n", 'SELECT ', '', 'SELECT name'])('%j has no completions', (text) => {
    expect(textsOf(text)).toBeUndefined();
  });

  it('replaces the word before the cursor', () => {
    const completion = completeSql('SELECT na FROM spans', 9, tables);
    const [option] = completion?.options ?? [];
    if (!completion || !option) throw new Error('no option');
    expect(acceptOption('SELECT na FROM spans', completion, option)).toEqual({
      text: 'SELECT name FROM spans',
      cursor: 11,
    });
  });
});

import { expect, it } from 'vitest';
import { placeOfError } from './sql-error.ts';

it('finds the line and the column of a syntax error', () => {
  expect(placeOfError('Syntax error: failed at position 20 (WHRE): …', 'SELECT 1\nFROM x\n\nWHRE 1')).toEqual(
    {
      index: 19,
      line: 4,
      column: 3,
      text: 'WHRE 1',
      pointer: '  ^',
    },
  );
});

it('counts the bytes of other letters', () => {
  const statement = "SELECT 'ü' FRM spans";
  expect(placeOfError('Syntax error: failed at position 17 (spans)', statement)).toMatchObject({
    index: statement.indexOf('spans'),
    column: 16,
  });
});

it('is undefined for a message without a position', () => {
  expect(placeOfError('Unknown identifier colour', 'SELECT colour')).toBeUndefined();
});

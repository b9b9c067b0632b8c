import { expect, it } from 'vitest';
import { foldRows } from './fold-rows.ts';

const draw = (rows: string, opened: readonly number[] = []) =>
  foldRows([...rows], (row) => row === '.', new Set(opened))
    .map((each) => (each.kind === 'fold' ? `(${each.count} from ${each.index})` : each.row))
    .join(' ');

it('folds three and more rows without a difference', () => {
  expect(draw('...x..y....')).toBe('(3 from 0) x . . y (4 from 7)');
  expect(draw('')).toBe('');
  expect(draw('xy')).toBe('x y');
});

it('shows the rows of a fold that was opened', () => {
  expect(draw('...x....', [4])).toBe('(3 from 0) x . . . .');
});

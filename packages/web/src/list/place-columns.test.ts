import { describe, expect, it } from 'vitest';
import type { Column } from './column.ts';
import { placeColumns } from './place-columns.ts';

const column = (id: string, rest: Partial<Column<string>>): Column<string> => ({
  id,
  label: id,
  width: 100,
  render: () => null,
  ...rest,
});
const COLUMNS = [
  column('name', { grow: 1, most: 200, rank: 1, link: true }),
  column('cost', { rank: 3 }),
  column('model', { rank: 4, when: (rows) => rows.length > 0 }),
  column('release', {}),
  column('preview', { grow: 3, rank: 2, share: 0.4 }),
];
const place = (room: number, layout: Parameters<typeof placeColumns>[1] = { widths: {} }, rows = ['row']) =>
  placeColumns(COLUMNS, layout, rows, room).map(({ column: { id }, width }) => `${id} ${width}`);

describe('the columns of a list', () => {
  it('are those that fit beside the reserved share, and the rest of the room is divided', () => {
    expect(place(1000)).toEqual(['name 175', 'cost 100', 'model 100', 'preview 625']);
    expect(place(400)).toEqual(['name 110', 'cost 100', 'preview 190']);
    expect(place(150)).toEqual(['name 150']);
  });

  it('leave out those that have nothing to show', () => {
    expect(place(1000, { widths: {} }, [])).toEqual(['name 200', 'cost 100', 'preview 700']);
  });

  it('are exactly the chosen ones, in their order, even if they do not fit', () => {
    expect(place(500, { columns: ['release', 'model', 'name'], widths: {} }, [])).toEqual([
      'release 100',
      'model 100',
      'name 200',
    ]);
    expect(place(250, { columns: ['cost', 'model', 'release', 'nothing'], widths: {} })).toEqual([
      'name 100',
      'cost 100',
      'model 100',
      'release 100',
    ]);
  });

  it('keep the widths that were chosen', () => {
    expect(place(1000, { widths: { name: 400, cost: 60 } })).toEqual([
      'name 400',
      'cost 60',
      'model 100',
      'preview 440',
    ]);
  });
});

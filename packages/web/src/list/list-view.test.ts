import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type ListView, parseListView, printListView } from './list-view.ts';

const PARAMETERS = {
  sorts: ['-startTime', 'startTime', '-costUsd'],
  defaultSort: '-startTime',
  fields: ['name'],
};
const text = fc.string({ minLength: 1, unit: 'grapheme' }).filter((value) => value.trim() === value);
const aView: fc.Arbitrary<ListView> = fc.record(
  {
    project: text,
    range: fc.constantFrom(
      { kind: 'recent' as const, recent: '1h' as const },
      { kind: 'between' as const, fromMs: 1000, toMs: 2000 },
    ),
    q: fc.constantFrom('', 'kind:llm cost>1', '"a, b"'),
    sort: fc.constantFrom(...PARAMETERS.sorts),
    layout: fc.record(
      {
        columns: fc.array(text, { minLength: 1, maxLength: 4 }),
        widths: fc.dictionary(text, fc.integer({ min: 36, max: 1600 }), { maxKeys: 3 }),
      },
      { requiredKeys: ['widths'] },
    ),
    fields: fc.constantFrom({}, { name: 'helpful' }),
    peek: text,
    live: fc.boolean(),
  },
  { requiredKeys: ['range', 'q', 'sort', 'layout', 'fields', 'live'] },
);

describe('the view of a list', () => {
  it('is parsed back to what was printed, with any names of columns', () => {
    fc.assert(
      fc.property(aView, (view) => {
        const printed = printListView(view, PARAMETERS);
        const parsed = parseListView(printed, PARAMETERS);
        expect({ ...parsed, layout: { ...parsed.layout, widths: { ...parsed.layout.widths } } }).toEqual({
          ...view,
          layout: { ...view.layout, widths: { ...view.layout.widths } },
        });
      }),
    );
  });

  it('has no parameters by default, and ignores values that are not valid', () => {
    const view = parseListView({}, PARAMETERS);
    expect(printListView(view, PARAMETERS)).toEqual({});
    expect(view).toMatchObject({ sort: '-startTime', q: '', live: false, layout: { widths: {} } });
    expect(
      parseListView(
        { sort: 'colour', widths: 'name:9,cost:abc,models:120,x:1:2', range: 'ever', live: 'yes' },
        PARAMETERS,
      ),
    ).toMatchObject({ sort: '-startTime', layout: { widths: { models: 120 } }, live: false });
  });
});

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { FILTER_FIELDS, type FilterField, type LabelField, type NumberField } from '../catalogue/fields.ts';
import type { Filter, FilterTerm } from './filter.ts';
import { parseFilter } from './parse-filter.ts';
import { printFilter } from './print-filter.ts';

describe('parseFilter', () => {
  it.each<[string, Filter]>([
    ['', []],
    ['  kind:llm  ', [{ type: 'label', field: 'kind', match: 'equals', value: 'llm' }]],
    ['model:gpt-4o*', [{ type: 'label', field: 'model', match: 'prefix', value: 'gpt-4o' }]],
    ['name:"POST /chat"', [{ type: 'label', field: 'name', match: 'equals', value: 'POST /chat' }]],
    ['name:"a*"', [{ type: 'label', field: 'name', match: 'equals', value: 'a*' }]],
    ['name:"a b"*', [{ type: 'label', field: 'name', match: 'prefix', value: 'a b' }]],
    ['user:a:b>c', [{ type: 'label', field: 'user', match: 'equals', value: 'a:b>c' }]],
    [
      'cost>0.02 durationMs<=5000',
      [
        { type: 'number', field: 'cost', comparison: '>', value: 0.02 },
        { type: 'number', field: 'durationMs', comparison: '<=', value: 5000 },
      ],
    ],
    [
      'refund "late \\"delivery\\""',
      [
        { type: 'text', text: 'refund' },
        { type: 'text', text: 'late "delivery"' },
      ],
    ],
  ])('%j', (text, filter) => {
    expect(parseFilter(text)).toEqual({ ok: true, filter });
  });

  it.each([
    ['colour:red', 0, /no field "colour".*kind, name, model/],
    ['kind:llm  colour:red', 10, /colour/],
    ['constructor:x', 0, /no field "constructor"/],
    ['-env:staging', 0, /negated/],
    ['cost:5', 4, /cost>0\.02/],
    ['cost>', 5, /number/],
    ['cost>5usd', 5, /number/],
    ['cost>1e9', 5, /number/],
    ['kind>llm', 4, /kind:llm/],
    ['kind:', 5, /value/],
    ['kind:*', 5, /value/],
    ['name:"open', 5, /never closed/],
    ['x '.repeat(21), 40, /at most 20/],
    ['x'.repeat(2001), 2000, /at most 2000/],
  ])('refuses %j at %d', (text, position, message) => {
    const parsed = parseFilter(text);
    expect(parsed).toMatchObject({
      ok: false,
      problem: { position, message: expect.stringMatching(message) },
    });
  });

  const fieldsOf = (type: 'label' | 'number') =>
    (Object.keys(FILTER_FIELDS) as FilterField[]).filter((field) => FILTER_FIELDS[field].type === type);
  const text = fc.string({ unit: 'grapheme', minLength: 1, maxLength: 30 });
  const term: fc.Arbitrary<FilterTerm> = fc.oneof(
    fc.record({
      type: fc.constant('label' as const),
      field: fc.constantFrom(...(fieldsOf('label') as LabelField[])),
      match: fc.constantFrom('equals' as const, 'prefix' as const),
      value: text,
    }),
    fc.record({
      type: fc.constant('number' as const),
      field: fc.constantFrom(...(fieldsOf('number') as NumberField[])),
      comparison: fc.constantFrom('>' as const, '>=' as const, '<' as const, '<=' as const),
      value: fc.integer({ min: 0, max: 1_000_000_000 }).map((n) => n / 1000),
    }),
    fc.record({ type: fc.constant('text' as const), text }),
  );

  it('reads what is printed', () => {
    fc.assert(
      fc.property(fc.array(term, { maxLength: 10 }), (filter) => {
        expect(parseFilter(printFilter(filter))).toEqual({ ok: true, filter });
      }),
    );
  });

  it('answers for any text, and says where it stopped', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (any) => {
        const parsed = parseFilter(any);
        if (!parsed.ok) expect(parsed.problem.position).toBeLessThanOrEqual(any.length);
      }),
    );
  });
});

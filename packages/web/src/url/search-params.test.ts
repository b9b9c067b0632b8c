import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseSearch, printSearch } from './search-params.ts';

describe('search parameters', () => {
  it('are parsed back to the values that were printed', () => {
    const record = fc.dictionary(fc.string({ minLength: 1 }), fc.string());
    fc.assert(
      fc.property(record, (search) => {
        expect(parseSearch(printSearch(search))).toEqual({ ...search });
      }),
    );
  });

  it('are readable in the URL', () => {
    expect(printSearch({ zoom: '0~5', from: '2026-11-20T10:00:00Z' })).toBe(
      '?zoom=0~5&from=2026-11-20T10:00:00Z',
    );
    expect(printSearch({})).toBe('');
  });
});

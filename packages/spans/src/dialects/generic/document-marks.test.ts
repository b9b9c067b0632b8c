import { describe, expect, it } from 'vitest';
import { type Plain, rawSpan } from '../../testing/raw-span.ts';
import { documentMarksOf, USED_DOCUMENTS_ATTRIBUTE } from './document-marks.ts';

const marksOf = (value: Plain) =>
  documentMarksOf(rawSpan({ attributes: { [USED_DOCUMENTS_ATTRIBUTE]: value } }).attributes);

describe('document marks', () => {
  it('are read from JSON text and from native values', () => {
    const marks = [{ spanId: 'r', index: 2, id: 'doc-c' }, { id: 'doc-a' }];
    expect(marksOf(JSON.stringify(marks))).toEqual(marks);
    expect(marksOf(marks as unknown as Plain)).toEqual(marks);
  });

  it.each([
    ['a value that is not a list', '{"id":"a"}'],
    ['text that is not JSON', 'a, b'],
    ['an index without a span', '[{"index":1}]'],
    ['a span without an index', '[{"spanId":"r"}]'],
    ['a negative index', '[{"spanId":"r","index":-1}]'],
    ['an index that is not an integer', '[{"spanId":"r","index":0.5}]'],
    ['values of other types', '[null, 3, "a", [], {"id":7}, {"spanId":1,"index":"0"}]'],
    ['an empty list', '[]'],
  ])('are undefined for %s', (_, text) => {
    expect(marksOf(text)).toBeUndefined();
  });

  it('are limited to 1,000 per span', () => {
    const many = Array.from({ length: 5000 }, (_, i) => ({ id: `d${i}` }));
    expect(marksOf(JSON.stringify(many))).toHaveLength(1000);
  });
});

import { describe, expect, it } from 'vitest';
import { type Plain, rawSpan } from '../../testing/raw-span.ts';
import { documentMarksOf, USED_DOCUMENTS_ATTRIBUTE } from './document-marks.ts';

const marksOf = (value: Plain) =>
  documentMarksOf(rawSpan({ attributes: { [USED_DOCUMENTS_ATTRIBUTE]: value } }).attributes);

describe('document marks', () => {
  it('are read from a JSON text and from native values', () => {
    const marks = [{ spanId: 'r', index: 2, id: 'doc-c' }, { id: 'doc-a' }];
    expect(marksOf(JSON.stringify(marks))).toEqual(marks);
    expect(marksOf(marks as unknown as Plain)).toEqual(marks);
  });

  it.each([
    ['no list', '{"id":"a"}'],
    ['no JSON', 'a, b'],
    ['a place without a span', '[{"index":1}]'],
    ['a span without a place', '[{"spanId":"r"}]'],
    ['a place before the first', '[{"spanId":"r","index":-1}]'],
    ['half a place', '[{"spanId":"r","index":0.5}]'],
    ['values of other types', '[null, 3, "a", [], {"id":7}, {"spanId":1,"index":"0"}]'],
    ['nothing', '[]'],
  ])('are absent where there is %s', (_, text) => {
    expect(marksOf(text)).toBeUndefined();
  });

  it('are at most a thousand of a span', () => {
    const many = Array.from({ length: 5000 }, (_, i) => ({ id: `d${i}` }));
    expect(marksOf(JSON.stringify(many))).toHaveLength(1000);
  });
});

import { layoutTrace } from '@throughline/spans';
import { describe, expect, it } from 'vitest';
import { type Folding, matchingRows, openRows, rowOf, toggle, unfoldTo } from './rows.ts';
import { FAMILY } from './span-fixture.ts';

const layout = layoutTrace(FAMILY);
const names = (rows: Int32Array) => [...rows].map((i) => layout.spans[i]?.spanId).join(' ');
const open: Folding = { toggled: new Set() };

describe('rows of a waterfall', () => {
  it('hide the descendants of a collapsed span', () => {
    expect(names(openRows(layout, open))).toBe('a b c d lost');
    expect(names(openRows(layout, toggle(open, 'b')))).toBe('a b d lost');
    expect(names(openRows(layout, toggle(open, 'a')))).toBe('a lost');
  });

  it('are collapsed from a depth on, except for toggled spans', () => {
    expect(names(openRows(layout, { depth: 1, toggled: new Set() }))).toBe('a b d lost');
    expect(names(openRows(layout, { depth: 1, toggled: new Set(['b']) }))).toBe('a b c d lost');
    expect(names(openRows(layout, { depth: 0, toggled: new Set() }))).toBe('a lost');
  });

  it('do not change if a span is toggled twice', () => {
    expect(toggle(toggle(open, 'b'), 'b')).toEqual(open);
  });

  it('are the matches and their ancestors if only matches are shown', () => {
    expect(names(matchingRows(layout, Uint8Array.of(0, 0, 1, 0, 0)))).toBe('a b c');
  });

  it('represent a hidden span by its nearest visible ancestor', () => {
    const rows = openRows(layout, toggle(open, 'b'));
    expect(rowOf(layout, rows, 2)).toBe(1);
    expect(rowOf(layout, rows, 4)).toBe(3);
    expect(rowOf(layout, new Int32Array(), 0)).toBe(-1);
  });

  it('show a span after exactly its ancestors are expanded', () => {
    const folding = unfoldTo(layout, 2, { depth: 0, toggled: new Set() });
    expect(names(openRows(layout, folding))).toBe('a b c d lost');
    expect([...folding.toggled].sort()).toEqual(['a', 'b']);
    expect(unfoldTo(layout, 2, toggle(open, 'b'))).toEqual(open);
    expect(unfoldTo(layout, 2, open)).toBe(open);
  });
});

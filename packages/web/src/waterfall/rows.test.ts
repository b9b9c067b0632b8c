import { describe, expect, it } from 'vitest';
import { layoutTrace } from './layout.ts';
import { type Folding, matchingRows, openRows, rowOf, toggle, unfoldTo } from './rows.ts';
import { FAMILY } from './span-fixture.ts';

const layout = layoutTrace(FAMILY);
const names = (rows: Int32Array) => [...rows].map((i) => layout.spans[i]?.spanId).join(' ');
const open: Folding = { toggled: new Set() };

describe('rows of a waterfall', () => {
  it('hide what is below a closed span', () => {
    expect(names(openRows(layout, open))).toBe('a b c d lost');
    expect(names(openRows(layout, toggle(open, 'b')))).toBe('a b d lost');
    expect(names(openRows(layout, toggle(open, 'a')))).toBe('a lost');
  });

  it('close below a depth, and open single rows again', () => {
    expect(names(openRows(layout, { depth: 1, toggled: new Set() }))).toBe('a b d lost');
    expect(names(openRows(layout, { depth: 1, toggled: new Set(['b']) }))).toBe('a b c d lost');
    expect(names(openRows(layout, { depth: 0, toggled: new Set() }))).toBe('a lost');
  });

  it('are as before after toggling twice', () => {
    expect(toggle(toggle(open, 'b'), 'b')).toEqual(open);
  });

  it('with a search hold the matches and all above them', () => {
    expect(names(matchingRows(layout, Uint8Array.of(0, 0, 1, 0, 0)))).toBe('a b c');
  });

  it('find a hidden span at its nearest visible ancestor', () => {
    const rows = openRows(layout, toggle(open, 'b'));
    expect(rowOf(layout, rows, 2)).toBe(1);
    expect(rowOf(layout, rows, 4)).toBe(3);
    expect(rowOf(layout, new Int32Array(), 0)).toBe(-1);
  });

  it('open every ancestor of a span, and nothing else', () => {
    const folding = unfoldTo(layout, 2, { depth: 0, toggled: new Set() });
    expect(names(openRows(layout, folding))).toBe('a b c d lost');
    expect([...folding.toggled].sort()).toEqual(['a', 'b']);
    expect(unfoldTo(layout, 2, toggle(open, 'b'))).toEqual(open);
    expect(unfoldTo(layout, 2, open)).toBe(open);
  });
});

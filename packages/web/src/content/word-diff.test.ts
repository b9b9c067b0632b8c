import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type DiffPiece, diffWords } from './word-diff.ts';

/** `[-removed-]` and `{+added+}`. */
const draw = (pieces: readonly DiffPiece[] | null) =>
  pieces
    ?.map(({ kind, text }) => (kind === 'same' ? text : kind === 'removed' ? `[-${text}-]` : `{+${text}+}`))
    .join('');

describe('the difference of two texts', () => {
  it.each([
    ['one two three', 'one two three', 'one two three'],
    ['one two three', 'one 2 three', 'one [-two-]{+2+} three'],
    ['', 'new', '{+new+}'],
    ['old', '', '[-old-]'],
    ['a b c d', 'b c d e', '[-a -]b c d{+ e+}'],
    ['say yes', 'say no more', 'say [-yes-]{+no more+}'],
  ])('of %j and %j', (before, after, drawing) => {
    expect(draw(diffWords(before, after))).toBe(drawing);
  });

  it('contains both texts, and is the same in reverse with the sides exchanged', () => {
    const text = fc
      .array(fc.constantFrom('a', 'b', 'c', ' ', '\n', 'word '), { maxLength: 40 })
      .map((list) => list.join(''));
    fc.assert(
      fc.property(text, text, (before, after) => {
        const pieces = diffWords(before, after) ?? [];
        const side = (without: DiffPiece['kind']) =>
          pieces
            .filter(({ kind }) => kind !== without)
            .map((piece) => piece.text)
            .join('');
        expect(side('added')).toBe(before);
        expect(side('removed')).toBe(after);
      }),
    );
  });

  it('is not computed for long texts without anything in common', () => {
    const words = (prefix: string) => Array.from({ length: 3000 }, (_, i) => `${prefix}${i}`).join(' ');
    expect(diffWords(words('a'), words('b'))).toBeNull();
  });
});

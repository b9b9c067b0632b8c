import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { findText } from './find-text.ts';
import { foldText } from './fold-text.ts';
import { matchesSearchText } from './search-words.ts';

/** Letters, marks, digits and separators of many scripts, also in compatible and decomposed forms. */
const CHARACTERS = [
  ...'abcXYZ019_-. \n\t"\\/äÖßéÉñøŁœıİąνΣςΆбЯёЙ',
  ...'عربىשלוםहिन्दीবাংলাதமிழ்ไทยน้ำລາວខ្មែរမြန်မာ',
  ...'漢字仮名カタカナがぎｶﾞ한국어한글々ー申请退款',
  ...'ＡＢｃ１２ﬁ²½™㎏①…，。？',
  ...['e\u0301', 'x\u0302', '\u00ad', '\u200d', '\u{20000}', '\u{1f389}', '\u{1d400}', '\ud800'],
];
const text = fc.array(fc.constantFrom(...CHARACTERS), { maxLength: 30 }).map((parts) => parts.join(''));
/** Whole words as a person would copy them. */
const wordsIn = (of: string) => of.match(/[\p{L}\p{M}\p{N}\u00ad\u200d]+/gu) ?? [];
const isFound = (within: string, match: 'word' | 'phrase' | 'prefix', searched: string) =>
  matchesSearchText(foldText(within), { match, text: searched });

describe('a random text', () => {
  it('is found by each of its words, in upper and lower case and without accents', () => {
    fc.assert(
      fc.property(text, (given) => {
        // The dot of a small İ changes its place among marks of other scripts.
        fc.pre(!/İ\p{M}/u.test(given));
        for (const word of wordsIn(given)) {
          if (foldText(word).trim() === '') continue;
          for (const spelling of [
            word,
            word.toUpperCase(),
            word.toLowerCase(),
            word.normalize('NFD'),
            word.normalize('NFKC'),
          ])
            expect([spelling, isFound(given, 'word', spelling)]).toEqual([spelling, true]);
        }
      }),
      { numRuns: 2_000 },
    );
  });

  it('is found by the start of each word', () => {
    fc.assert(
      fc.property(text, fc.nat(), (given, cut) => {
        for (const word of wordsIn(given)) {
          // A character that folds to several cannot be cut.
          const folded = [...foldText(word).trim()];
          const isWord = folded.every((letter) => /[\p{L}\p{N}]/u.test(letter));
          if (!isWord || folded.length === 0) continue;
          const start = folded.slice(0, 1 + (cut % folded.length)).join('');
          expect([start, isFound(given, 'prefix', start)]).toEqual([start, true]);
        }
      }),
      { numRuns: 2_000 },
    );
  });

  it('is found by any sequence of its words as a phrase', () => {
    fc.assert(
      fc.property(text, fc.nat(), fc.nat(), (given, first, count) => {
        // Symbols that become letters are words of their own.
        fc.pre(!/[™㎏]/.test(given));
        const words = wordsIn(given).filter((word) => foldText(word).trim() !== '');
        if (words.length === 0) return;
        const from = first % words.length;
        const phrase = words.slice(from, from + 1 + (count % 4)).join(' ');
        expect([phrase, isFound(given, 'phrase', phrase)]).toEqual([phrase, true]);
      }),
      { numRuns: 2_000 },
    );
  });

  it('is marked if it is found, and only then', () => {
    fc.assert(
      fc.property(text, text, fc.constantFrom('word', 'phrase', 'prefix'), (given, searched, match) => {
        const sought = searched.slice(0, 4);
        // Symbols that become letters are found, but not marked.
        fc.pre(!/[™㎏①½²\ud800]/.test(given + sought));
        const isMarked = findText(given, [{ match, text: sought }]).length > 0;
        expect([sought, isMarked]).toEqual([sought, isFound(given, match, sought)]);
      }),
      { numRuns: 5_000 },
    );
  });
});

it('folding a folded text of words changes nothing', () => {
  fc.assert(
    fc.property(fc.array(fc.constantFrom(...'aäßΣéЙ1 '), { maxLength: 20 }), (letters) => {
      const folded = foldText(letters.join(''));
      expect(foldText(folded)).toBe(folded);
    }),
  );
});

import { expect, it } from 'vitest';
import { parseFilter } from '../filter/parse-filter.ts';
import { passageOf, searchedTextsOf } from './find-text.ts';

const passage = (texts: readonly string[], ...searched: string[]) => {
  const found = passageOf(
    texts,
    searched.map((text) => ({ match: 'phrase', text })),
  );
  return (
    found && { text: found.text, marked: found.marks.map(({ start, end }) => found.text.slice(start, end)) }
  );
};

it('a passage of a long text begins at a word before the match and ends after it', () => {
  const filler = 'lorem ipsum dolor sit amet '.repeat(20);
  const found = passage([`${filler}the needle\nis here ${filler}`], 'needle');
  expect(found?.text.slice(0, 40)).toBe('… amet lorem ipsum dolor sit amet the ne');
  expect(found?.text.endsWith(' …')).toBe(true);
  expect(found?.text.length).toBeLessThan(220);
  expect(found?.marked).toEqual(['needle']);
});

it('the text that contains the most of the searched words is shown', () => {
  expect(passage(['only a refund', 'a refund by policy', 'policy'], 'policy', 'refund')).toEqual({
    text: 'a refund by policy',
    marked: ['refund', 'policy'],
  });
});

it('a passage does not cut a character in half', () => {
  const found = passage([`${'🎈'.repeat(100)} x ${'🎉'.repeat(200)}`], 'x');
  expect(found?.text).toBe(found?.text.toWellFormed());
  expect(found?.marked).toEqual(['x']);
});

it('the words of a filter are those that it searches for, not those that it excludes', () => {
  const parsed = parseFilter('refund -late (gold OR has(silver* kind:llm)) NOT (a b)');
  expect(parsed.ok && searchedTextsOf(parsed.filter).map(({ text }) => text)).toEqual([
    'refund',
    'gold',
    'silver',
  ]);
});

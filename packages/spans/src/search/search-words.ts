import type { TextCondition } from '../filter/expression.ts';
import { foldText, isRunCharacter } from './fold-text.ts';
import { TEXT_BOUNDARY } from './search-text.ts';

/** The words of a text condition, in the form in which a search text contains them. */
export interface SearchWords {
  /** Folded words that have to follow one another. Empty if the condition contains no word. */
  readonly words: readonly string[];
  /** Whether the last one is only the start of a word. */
  readonly isPrefix: boolean;
}

/** A character between two words. */
const BETWEEN = /[^0-9a-z\u0080-\u{10ffff}]+/u;

/**
 * Splits a condition into words. Words with punctuation, such as `gpt-4o`, are several words in order, like a phrase. A run
 * of a script without spaces is the pairs of its characters, so the last character is the start of a pair.
 */
export function searchWordsOf({ match, text }: Pick<TextCondition, 'match' | 'text'>): SearchWords {
  const words = foldText(text)
    .split(BETWEEN)
    .filter((word) => word !== '');
  const last = words.at(-1);
  if (last === undefined || !isRunOfOne(last)) return { words, isPrefix: match === 'prefix' };
  const before = words.at(-2);
  const isEndOfRun = before?.endsWith(last) && isRunOfTwo(before);
  return isEndOfRun ? { words: words.slice(0, -1), isPrefix: false } : { words, isPrefix: true };
}

function isRunOfOne(word: string): boolean {
  const code = word.codePointAt(0) as number;
  return word.length === (code > 0xffff ? 2 : 1) && isRunCharacter(code);
}

function isRunOfTwo(word: string): boolean {
  const characters = Array.from(word);
  return characters.length === 2 && characters.every((each) => isRunCharacter(each.codePointAt(0) as number));
}

/** Returns whether a search text matches a condition. This defines the search: the SQL of the store is tested against it. */
export function matchesSearchText(
  searchText: string,
  condition: Pick<TextCondition, 'match' | 'text'>,
): boolean {
  const { words, isPrefix } = searchWordsOf(condition);
  if (words.length === 0) return false;
  return new RegExp(searchPattern(words, isPrefix), 'u').test(searchText);
}

const IN_WORD = '0-9a-z\\x80-\\x{10ffff}';
const WORD_START = `(?:^|[^${IN_WORD}])`;
const WORD_END = `(?:$|[^${IN_WORD}])`;
const WORDS_APART = `[^${IN_WORD}${TEXT_BOUNDARY}]+`;

/** A regular expression that finds the words in a search text, in the syntax of RE2. */
export function searchPatternRe2({ words, isPrefix }: SearchWords): string {
  return `${WORD_START}${words.join(WORDS_APART)}${isPrefix ? '' : WORD_END}`;
}

/** The same in the syntax of JavaScript. */
function searchPattern(words: readonly string[], isPrefix: boolean): string {
  return searchPatternRe2({ words, isPrefix }).replaceAll('\\x80-\\x{10ffff}', '\\u0080-\\u{10ffff}');
}

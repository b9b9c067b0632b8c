import type { Expression, Filter, TextCondition } from '../filter/expression.ts';
import { type TextWord, wordsOfText } from './text-words.ts';

/** A part of a text, in UTF-16 code units. */
export interface TextRange {
  readonly start: number;
  readonly end: number;
}

type Searched = Pick<TextCondition, 'match' | 'text'>;

/** The texts that a filter searches for, without those that it excludes. */
export function searchedTextsOf(filter: Filter): TextCondition[] {
  return filter === undefined ? [] : textsWithin(filter);
}

function textsWithin(node: Expression): TextCondition[] {
  switch (node.type) {
    case 'and':
    case 'or':
      return node.operands.flatMap(textsWithin);
    case 'has':
    case 'root':
    case 'parent':
    case 'under':
    case 'count':
      return textsWithin(node.where);
    case 'text':
      return [node];
    default:
      return [];
  }
}

/** Finds where a text matches any of the conditions, in order and without overlaps. At most `limit` ranges. */
export function findText(text: string, conditions: readonly Searched[], limit = 1_000): TextRange[] {
  const searches = conditions
    .map(({ match, text: searched }) => ({ words: wordsOfText(searched), isPrefix: match === 'prefix' }))
    .filter(({ words }) => words.length > 0);
  if (searches.length === 0) return [];
  const words = wordsOfText(text);
  const ranges: TextRange[] = [];
  for (let at = 0; at < words.length && ranges.length < limit; at++)
    for (const { words: searched, isPrefix } of searches)
      ranges.push(...matchesAt(words, at, searched, isPrefix));
  return merged(ranges.sort((a, b) => a.start - b.start || b.end - a.end));
}

/** The matches that begin in the word at this index. Only a single run can occur in it several times. */
function matchesAt(
  words: readonly TextWord[],
  at: number,
  searched: readonly TextWord[],
  isPrefix: boolean,
): TextRange[] {
  const first = words[at] as TextWord;
  const only = searched[0] as TextWord;
  if (searched.length === 1 && only.isRun) return first.isRun ? occurrences(first, only.text) : [];
  let start = 0;
  let end = 0;
  for (const [index, each] of searched.entries()) {
    const word = words[at + index];
    if (word === undefined || word.isRun !== each.isRun) return [];
    const isLast = index === searched.length - 1;
    const length = each.text.length;
    const from = each.isRun && index === 0 ? word.text.length - length : 0;
    const to = from + length;
    const isOpenEnd = isLast && (isPrefix || each.isRun);
    if (from < 0 || !word.text.startsWith(each.text, from)) return [];
    if (!isOpenEnd && to !== word.text.length) return [];
    if (index === 0) start = word.starts[from] as number;
    end = isPrefix && !each.isRun ? word.end : endOf(word, from, to);
  }
  return [{ start, end }];
}

/** Returns the end, in the original text, of the characters from one index to another. */
function endOf({ starts, end }: TextWord, from: number, to: number): number {
  // Characters that NFKC combined or split have the same start.
  return starts.slice(to).find((start) => start > (starts[from] as number)) ?? end;
}

function occurrences(word: TextWord, searched: string): TextRange[] {
  const { text, starts } = word;
  const ranges: TextRange[] = [];
  for (let at = text.indexOf(searched); at !== -1; at = text.indexOf(searched, at + searched.length))
    ranges.push({ start: starts[at] as number, end: endOf(word, at, at + searched.length) });
  return ranges;
}

/** Leaves out ranges that overlap with an earlier one. */
function merged(ranges: readonly TextRange[]): TextRange[] {
  let last = 0;
  return ranges.filter(({ start, end }) => {
    if (start < last || end <= start) return false;
    last = end;
    return true;
  });
}

/** A part of a text on one line, with the places of matches in it. */
export interface Passage {
  readonly text: string;
  readonly marks: readonly TextRange[];
}

/** Characters before the first match and after its start. */
const BEFORE = 40;
const AFTER = 160;
/** Maximum length of a text in which matches are looked for. */
const MAX_LENGTH = 200_000;

/**
 * Returns the passage around the first match. Of several texts, the first that matches the most conditions is used.
 * Undefined if no text matches.
 */
export function passageOf(texts: readonly string[], conditions: readonly Searched[]): Passage | undefined {
  let best: { readonly text: string; readonly ranges: TextRange[]; readonly count: number } | undefined;
  for (const whole of texts) {
    const text = whole.slice(0, MAX_LENGTH);
    const count = conditions.filter((condition) => findText(text, [condition], 1).length > 0).length;
    if (count > (best?.count ?? 0)) best = { text, ranges: findText(text, conditions), count };
    if (best?.count === conditions.length) break;
  }
  return best && passageAround(best.text, best.ranges);
}

function passageAround(text: string, ranges: readonly TextRange[]): Passage {
  const first = ranges[0] as TextRange;
  const from = wordStart(text, Math.max(0, first.start - BEFORE), first.start);
  const to = splitsPair(text, Math.min(text.length, Math.max(first.end, first.start + AFTER)));
  const before = from > 0 ? '… ' : '';
  const offset = before.length - from;
  return {
    text: before + text.slice(from, to).replace(/\s/g, ' ') + (to < text.length ? ' …' : ''),
    marks: ranges
      .filter(({ end }) => end <= to)
      .map(({ start, end }) => ({ start: start + offset, end: end + offset })),
  };
}

/** The next start of a word, or `from` if there is none before the match. */
function wordStart(text: string, from: number, match: number): number {
  if (from === 0) return 0;
  const space = text.slice(from, match).search(/\s\S/);
  return space === -1 ? splitsPair(text, from) : from + space + 1;
}

/** The position, or the one before it if it is between the halves of a surrogate pair. */
function splitsPair(text: string, at: number): number {
  return (text.charCodeAt(at) & 0xfc00) === 0xdc00 ? at - 1 : at;
}

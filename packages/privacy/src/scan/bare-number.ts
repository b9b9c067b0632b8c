import type { Match } from '../detectors/detector.ts';
import { isSpaceAt } from '../text/chars.ts';

const MAX_SPACES = 32;

/**
 * Adds quotes to a match that is a bare number in JSON text (`"card":4111111111111111`), because its placeholder needs
 * them. The match is extended to a leading minus. The value of a member gets the same quotes as its key, including
 * backslashes; an element of an array gets double quotes. Other matches are returned unchanged.
 */
export function quoteBareNumber(text: string, match: Match, isInString: (index: number) => boolean): Match {
  if (match.quote !== undefined) return match;
  const start = text.charCodeAt(match.start - 1) === 0x2d ? match.start - 1 : match.start;
  const before = lastBefore(text, start);
  const after = text.charAt(firstAfter(text, match.end));
  const lead = text.charAt(before);
  if (lead === ':' && (after === ',' || after === '}')) {
    const quote = keyQuote(text, lastBefore(text, before));
    return quote === undefined ? match : { ...match, start, quote };
  }
  const isElement = (lead === '[' || lead === ',') && (after === ',' || after === ']');
  return isElement && !isInString(match.start) ? { ...match, start, quote: '"' } : match;
}

/**
 * Returns a function that checks whether an index of JSON text is inside a string. Call it with ascending indexes. For
 * text that is not JSON it always returns true, so that no quotes are added there.
 */
export function stringTracker(text: string): (index: number) => boolean {
  const isJson = /^\s{0,64}[[{]\s{0,64}["[{\]}\-\dtfn]/.test(text);
  let seen = 0;
  let inString = false;
  return (index) => {
    if (!isJson) return true;
    for (; seen < index; seen++) {
      const code = text.charCodeAt(seen);
      if (code === 0x22) inString = !inString;
      else if (code === 0x5c && inString) seen++;
    }
    return inString;
  };
}

function keyQuote(text: string, index: number): string | undefined {
  const quote = text.charAt(index);
  if (quote !== '"' && quote !== "'") return undefined;
  let start = index;
  while (text.charCodeAt(start - 1) === 0x5c) start--;
  return text.slice(start, index + 1);
}

function lastBefore(text: string, index: number): number {
  let last = index - 1;
  while (index - last < MAX_SPACES && isSpaceAt(text, last)) last--;
  return last;
}

function firstAfter(text: string, index: number): number {
  let first = index;
  while (first - index < MAX_SPACES && isSpaceAt(text, first)) first++;
  return first;
}

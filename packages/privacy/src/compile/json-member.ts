import type { Detector, Match } from '../detectors/detector.ts';
import { normaliseKey } from '../rules/sensitive-keys.ts';
import { isSpaceAt } from '../text/chars.ts';
import { compileEndings } from '../text/word-endings.ts';

const MAX_KEY = 64;
const MAX_SPACES = 16;
/** Matches a JSON schema. The schema of a tool parameter named `password` is no secret and must stay readable. */
const SCHEMA =
  /^.{0,400}?["'](?:type\\{0,7}["']\s{0,8}:\s{0,8}\\{0,7}["'](?:string|number|integer|boolean|object|array|null)|\$ref)\\{0,7}["']/s;

/**
 * Finds the values of members with the given names in JSON text. It does not parse the text, so it also works for
 * truncated JSON, for JSON inside JSON strings (`\"password\":\"…\"`) and for the single quotes of Python.
 */
export function jsonMember(keys: readonly string[], label: string): Detector {
  const names = new Set(keys.map(normaliseKey));
  const mayEnd = compileEndings(names);
  return {
    label,
    triggers: ':',
    canFollow: (previous) => /["'\s]/.test(previous),
    find(text, at, from) {
      const quoteAt = skipSpacesBack(text, at, from) - 1;
      const quote = text.charCodeAt(quoteAt);
      if (quoteAt <= from || (quote !== 0x22 && quote !== 0x27)) return undefined;
      const escapes = backslashesBefore(text, quoteAt);
      const keyEnd = quoteAt - escapes;
      if (!mayEnd(text, keyEnd)) return undefined;
      const keyStart = stringStart(text, keyEnd, quote);
      if (keyStart === undefined || keyStart <= from) return undefined;
      if (!names.has(normaliseKey(text.slice(keyStart, keyEnd)))) return undefined;
      return findValue(text, at + 1, text.slice(keyEnd, quoteAt + 1));
    },
    normalise: (value) => value,
  };
}

/** Returns the start of the key that ends at `end`: the index after its opening quote. */
function stringStart(text: string, end: number, quote: number): number | undefined {
  const limit = Math.max(0, end - MAX_KEY);
  for (let i = end - 1; i >= limit; i--) if (text.charCodeAt(i) === quote) return i + 1;
  return undefined;
}

/** Finds the value after the colon. `quote` is the closing quote of the key, including its backslashes. */
function findValue(text: string, after: number, quote: string): Match | undefined {
  const start = skipSpaces(text, after);
  if (text.startsWith(quote, start)) {
    const inner = start + quote.length;
    const end = stringEnd(text, inner, quote);
    return end > inner ? { start: inner, end } : undefined;
  }
  const first = text.charAt(start);
  if (first === '[' || first === '{') {
    if (first === '{' && SCHEMA.test(text.slice(start, start + 480))) return undefined;
    return { start, end: bracketEnd(text, start, quote), quote };
  }
  const number = /^-?\d[\d.eE+-]{0,64}/.exec(text.slice(start, start + 66));
  return number === null ? undefined : { start, end: start + number[0].length, quote };
}

/**
 * Returns the index of the closing quote of a string, or of the backslashes before that quote. If the string is
 * truncated, it returns the end of the surrounding string or of the text.
 *
 * In JSON nested d levels deep, a quote that delimits a string has 2^d - 1 backslashes. A quote inside the string has
 * at least 2^(d+1) - 1, and a backslash inside the string is written as 2^(d+1) backslashes.
 */
function stringEnd(text: string, start: number, quote: string): number {
  const escapes = quote.length - 1;
  const char = quote.charAt(escapes);
  for (let i = text.indexOf(char, start); i >= 0; i = text.indexOf(char, i + 1)) {
    const count = Math.min(backslashesBefore(text, i), i - start);
    if (count < escapes) return i - count;
    if (count % (2 * (escapes + 1)) === escapes) return i - escapes;
  }
  return text.length;
}

/** Returns the index after the matching closing bracket. Strings are skipped. See `stringEnd` for truncated text. */
function bracketEnd(text: string, start: number, quote: string): number {
  const escapes = quote.length - 1;
  let depth = 0;
  for (let i = start; i < text.length; i++) {
    const char = text.charAt(i);
    if (char === '[' || char === '{') depth++;
    else if ((char === ']' || char === '}') && --depth === 0) return i + 1;
    else if (char === quote.charAt(escapes)) {
      const count = backslashesBefore(text, i);
      if (count < escapes) return i - count;
      const end = stringEnd(text, i + 1, quote);
      if (!text.startsWith(quote, end)) return end;
      i = end + escapes;
    }
  }
  return text.length;
}

function backslashesBefore(text: string, index: number): number {
  let count = 0;
  while (text.charCodeAt(index - 1 - count) === 0x5c) count++;
  return count;
}

function skipSpaces(text: string, index: number): number {
  let end = index;
  while (end - index < MAX_SPACES && isSpaceAt(text, end)) end++;
  return end;
}

function skipSpacesBack(text: string, index: number, from: number): number {
  let start = index;
  while (start > from && index - start < MAX_SPACES && isSpaceAt(text, start - 1)) start--;
  return start;
}

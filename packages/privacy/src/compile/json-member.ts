import type { Detector, Match } from '../detectors/detector.ts';
import { normaliseKey } from '../rules/sensitive-keys.ts';
import { isSpaceAt } from '../text/chars.ts';
import { compileEndings } from '../text/word-endings.ts';

const MAX_KEY = 64;
const MAX_SPACES = 16;
/** The schema of a tool's parameter `password` holds no secret, and the definition of the tool must stay readable. */
const SCHEMA =
  /^.{0,400}?["'](?:type\\{0,7}["']\s{0,8}:\s{0,8}\\{0,7}["'](?:string|number|integer|boolean|object|array|null)|\$ref)\\{0,7}["']/s;

/**
 * Finds the values of named members in JSON text without parsing it. It works in text that was cut off, in JSON inside
 * JSON strings (`\"password\":\"…\"`) and with Python's quotes. Every other character stays as it was.
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

/** The index after the quote that opens the key ending at `end`. */
function stringStart(text: string, end: number, quote: number): number | undefined {
  const limit = Math.max(0, end - MAX_KEY);
  for (let i = end - 1; i >= limit; i--) if (text.charCodeAt(i) === quote) return i + 1;
  return undefined;
}

/** The value that begins after the colon; `quote` is the key's closing quote with its backslashes. */
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
 * The index of the quote that closes a string, or of its backslashes. If the string was cut off, the end of the string
 * around it or of the text. At depth d of JSON in JSON a quote has 2^d - 1 backslashes; inside the string a quote has
 * at least 2^(d+1) - 1, and backslashes of the string's own come in multiples of 2^(d+1).
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

/** The index after the bracket that closes the one at `start`. Strings are skipped; cut-off text is handled as above. */
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

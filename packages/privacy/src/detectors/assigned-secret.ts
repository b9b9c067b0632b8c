import { isQuoteOrSpaceAt, isSpaceAt, isTokenAt } from '../text/chars.ts';
import { compileEndings } from '../text/word-endings.ts';
import type { Detector, Match } from './detector.ts';

const MAX_NAME = 64;
const MAX_VALUE = 512;

/**
 * Endings of names whose value is a secret (in lower case, without `_`, `-` and `.`), and a check of the value. The
 * check keeps documentation such as `password: required` or `token: string` unchanged.
 */
const ENDINGS: readonly (readonly [ending: string, looksSecret: (value: string) => boolean])[] = [
  ['password', isChosenSecret],
  ['passwd', isChosenSecret],
  ['passwort', isChosenSecret],
  ['pwd', isChosenSecret],
  ['passphrase', isChosenSecret],
  ['secret', isRandomSecret],
  ['apikey', isRandomSecret],
  ['accesskey', isRandomSecret],
  ['accountkey', isRandomSecret],
  ['secretkey', isRandomSecret],
  ['privatekey', isRandomSecret],
  ['signingkey', isRandomSecret],
  ['encryptionkey', isRandomSecret],
  ['authkey', isRandomSecret],
  ['token', isRandomSecret],
];

const mayEnd = compileEndings(ENDINGS.map(([ending]) => ending));

/** Finds the value in `api_key=…`, `DB_PASSWORD: …` and `"clientSecret": "…"`. The name is kept. */
export const assignedSecret: Detector = {
  label: 'SECRET',
  triggers: ':=',
  canFollow: (previous) => /[A-Za-z\s"'`\\\]]/.test(previous),
  find(text, at, from) {
    const nameEnd = skipBack(text, at, from);
    if (nameEnd <= from || !mayEnd(text, nameEnd)) return undefined;
    const looksSecret = valueCheckFor(nameBefore(text, nameEnd, from));
    if (looksSecret === undefined) return undefined;
    const value = readValue(text, at + 1);
    return value !== undefined && looksSecret(text.slice(value.start, value.end)) ? value : undefined;
  },
  normalise: (value) => value,
};

/** Returns the end of the name before the colon at `at`. White space, quotes and backslashes between are skipped. */
function skipBack(text: string, at: number, from: number): number {
  let index = at;
  const limit = Math.max(from, at - 8);
  while (index > limit && isQuoteOrSpaceAt(text, index - 1)) index--;
  return index;
}

/** Returns the name that ends at `nameEnd`, in the form of `ENDINGS`. */
function nameBefore(text: string, nameEnd: number, from: number): string {
  const limit = Math.max(from, nameEnd - MAX_NAME);
  let start = nameEnd;
  while (start > limit && (isTokenAt(text, start - 1) || text.charCodeAt(start - 1) === 0x2e)) start--;
  return text.slice(start, nameEnd).replace(/[-_.]/g, '').toLowerCase();
}

/** Returns the check for the value of a name, or undefined if the name is not one of a secret. */
function valueCheckFor(name: string): ((value: string) => boolean) | undefined {
  return ENDINGS.find(([ending]) => name.endsWith(ending))?.[1];
}

/** Reads the value after `=`, `==`, `:=`, `=>` or `:`. It ends at its closing quote or, if unquoted, at a delimiter. */
function readValue(text: string, after: number): Match | undefined {
  let start = after;
  const limit = after + 8;
  while (start < limit && (isSpaceAt(text, start) || '=>'.includes(text.charAt(start) || ' '))) start++;
  let backslashes = 0;
  while (backslashes < 8 && text.charCodeAt(start + backslashes) === 0x5c) backslashes++;
  // Backslashes before a quote belong to the quote. Otherwise they begin an escape, and a secret does not.
  if (backslashes > 0 && !'"\'`'.includes(text.charAt(start + backslashes) || ' ')) return undefined;
  start += backslashes;
  const quote = text.charAt(start);
  const isQuoted = quote === '"' || quote === "'" || quote === '`';
  if (isQuoted) start++;
  // A double quote also ends a value in other quotes, because the whole text may be inside a JSON string.
  const stops = isQuoted ? `${quote}"\\\r\n` : ' \t\r\n"\'`\\,;&<>(){}[]|';
  const end = indexOfAny(text, stops, start);
  if (end - start > MAX_VALUE || '({['.includes(text.charAt(end) || ' ')) return undefined;
  return end > start ? { start, end } : undefined;
}

function indexOfAny(text: string, stops: string, start: number): number {
  let end = start;
  const limit = Math.min(text.length, start + MAX_VALUE + 1);
  while (end < limit && !stops.includes(text.charAt(end))) end++;
  return end;
}

/**
 * True if a value looks like a password chosen by a person: 6 or more characters with a letter and a digit or symbol.
 */
function isChosenSecret(value: string): boolean {
  return (
    value.length >= 6 && /[a-z]/i.test(value) && /[0-9!@#$%^&*?+]/.test(value) && !isVariableOrDummy(value)
  );
}

/** True if a value looks randomly generated: 12 or more characters, letters and digits, and 8 different characters. */
function isRandomSecret(value: string): boolean {
  if (value.length < 12 || /\s/.test(value) || isVariableOrDummy(value)) return false;
  return /[a-z]/i.test(value) && /[0-9]/.test(value) && new Set(value).size >= 8;
}

/** True for a variable, a property path in code, or a dummy value such as `your-api-key`. */
function isVariableOrDummy(value: string): boolean {
  return (
    /^(?:\$|%\(|\{\{|<|\*{3})/.test(value) ||
    /^[a-z_]\w*(?:\.[a-z_]\w*)+$/i.test(value) ||
    /^(?:your|my|example|placeholder|redacted|changeme|todo)[-_ ]|x{6}|\.\.\.|…/i.test(value)
  );
}

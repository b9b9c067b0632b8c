import { isQuoteOrSpaceAt, isSpaceAt, isTokenAt } from '../text/chars.ts';
import { compileEndings } from '../text/word-endings.ts';
import type { Detector, Match } from './detector.ts';

const MAX_NAME = 64;
const MAX_VALUE = 512;

/**
 * Endings of names (lower case, without `_`, `-` and `.`) whose value is a secret, and a test of the value, so that
 * `password: required` or `token: string` in documentation stays as it is.
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

/** The value in `api_key=…`, `DB_PASSWORD: …`, `"clientSecret": "…"`; the name stays readable. */
export const assignedSecret: Detector = {
  label: 'SECRET',
  triggers: ':=',
  canFollow: (previous) => /[A-Za-z\s"'`\\\]]/.test(previous),
  find(text, at, from) {
    const nameEnd = skipBack(text, at, from);
    if (nameEnd <= from || !mayEnd(text, nameEnd)) return undefined;
    const looksSecret = testFor(nameBefore(text, nameEnd, from));
    if (looksSecret === undefined) return undefined;
    const value = readValue(text, at + 1);
    return value !== undefined && looksSecret(text.slice(value.start, value.end)) ? value : undefined;
  },
  normalise: (value) => value,
};

/** Skips the white space, quotes and backslashes between a name and its colon. */
function skipBack(text: string, at: number, from: number): number {
  let index = at;
  const limit = Math.max(from, at - 8);
  while (index > limit && isQuoteOrSpaceAt(text, index - 1)) index--;
  return index;
}

function nameBefore(text: string, nameEnd: number, from: number): string {
  const limit = Math.max(from, nameEnd - MAX_NAME);
  let start = nameEnd;
  while (start > limit && (isTokenAt(text, start - 1) || text.charCodeAt(start - 1) === 0x2e)) start--;
  return text.slice(start, nameEnd).replace(/[-_.]/g, '').toLowerCase();
}

function testFor(name: string): ((value: string) => boolean) | undefined {
  return ENDINGS.find(([ending]) => name.endsWith(ending))?.[1];
}

/** The value after `=`, `==`, `:=`, `=>` or `:`, up to its closing quote or, unquoted, up to a delimiter. */
function readValue(text: string, after: number): Match | undefined {
  let start = after;
  const limit = after + 8;
  while (start < limit && (isSpaceAt(text, start) || '=>'.includes(text.charAt(start) || ' '))) start++;
  let backslashes = 0;
  while (backslashes < 8 && text.charCodeAt(start + backslashes) === 0x5c) backslashes++;
  // Backslashes before a quote belong to it; before anything else they are an escape, and no value begins so.
  if (backslashes > 0 && !'"\'`'.includes(text.charAt(start + backslashes) || ' ')) return undefined;
  start += backslashes;
  const quote = text.charAt(start);
  const isQuoted = quote === '"' || quote === "'" || quote === '`';
  if (isQuoted) start++;
  // A double quote ends other quotes too: they may stand in a string of JSON.
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

/** Looks like the choice of a person: long enough, with a letter and a digit or symbol. */
function isChosenSecret(value: string): boolean {
  return value.length >= 6 && /[a-z]/i.test(value) && /[0-9!@#$%^&*?+]/.test(value) && !isStandIn(value);
}

/** Looks generated: longer, with digits and letters, and many different characters. */
function isRandomSecret(value: string): boolean {
  if (value.length < 12 || /\s/.test(value) || isStandIn(value)) return false;
  return /[a-z]/i.test(value) && /[0-9]/.test(value) && new Set(value).size >= 8;
}

/** A variable, a property path in code, or a word that only marks the position of a secret. */
function isStandIn(value: string): boolean {
  return (
    /^(?:\$|%\(|\{\{|<|\*{3})/.test(value) ||
    /^[a-z_]\w*(?:\.[a-z_]\w*)+$/i.test(value) ||
    /^(?:your|my|example|placeholder|redacted|changeme|todo)[-_ ]|x{6}|\.\.\.|…/i.test(value)
  );
}

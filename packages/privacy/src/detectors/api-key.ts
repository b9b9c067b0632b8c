import { isDigitAt, isTokenAt, isWordAt, startsWord } from '../chars.ts';
import type { Detector, Match } from './detector.ts';
import { KEY_PREFIXES, type KeyPrefix } from './key-prefixes.ts';

const TRIGGERS = '-_Iz';
/** How far a token is read before it must have shown itself to be random; a proven one is then read to its end. */
const PROOF_LENGTH = 128;
const MIN_DISTINCT = 7;
/** Kebab-case names (`sk-fading-circle-container`) have no digits; real keys without any are one in a thousand. */
const MIN_DIGITS = 1;

interface Anchored extends KeyPrefix {
  /** Offset in the prefix of the trigger at which it is looked for. */
  readonly anchor: number;
}

/**
 * API keys known by their prefix. GitHub's checksum is deliberately not asked for: a token with a typo, cut off, or in
 * the next format is still somebody's token, and hiding one too many costs nothing.
 */
export const apiKey: Detector = {
  label: 'API_KEY',
  triggers: TRIGGERS,
  find(text, at, from) {
    const rows = BY_PAIR[pairOf(text.charCodeAt(at - 1), text.charCodeAt(at))];
    if (rows === undefined) return undefined;
    for (const row of rows) {
      const start = at - row.anchor;
      if (start < from || !text.startsWith(row.prefix, start)) continue;
      const found = readKey(text, start, row);
      if (found !== undefined) return found;
    }
    return undefined;
  },
  normalise: (value) => value,
};

function readKey(text: string, start: number, row: KeyPrefix): Match | undefined {
  if (!startsWord(text, start)) return undefined;
  const bodyStart = start + row.prefix.length;
  const limit = Math.min(text.length, bodyStart + PROOF_LENGTH);
  let end = bodyStart;
  let digits = 0;
  const distinct = new Set<number>();
  while (end < limit && isTokenAt(text, end)) {
    if (isDigitAt(text, end)) digits++;
    distinct.add(text.charCodeAt(end++));
  }
  const length = end - bodyStart;
  if (length < row.minLength || distinct.size < MIN_DISTINCT) return undefined;
  if (row.exact === true) return length === row.minLength ? { start, end } : undefined;
  if (digits < MIN_DIGITS) return undefined;
  while (isTokenAt(text, end)) end++;
  // A dash or underscore that ends a sentence or a Markdown emphasis is not part of the key.
  while (!isWordAt(text, end - 1)) end--;
  return { start, end };
}

/** Prefixes by the trigger and the character before it: one array look-up rejects nearly every dash of a text. */
const BY_PAIR: (Anchored[] | undefined)[] = new Array(1 << 14).fill(undefined);
for (const row of KEY_PREFIXES) {
  const anchor = [...row.prefix].findIndex((char, index) => index > 0 && TRIGGERS.includes(char));
  const pair = pairOf(row.prefix.charCodeAt(anchor - 1), row.prefix.charCodeAt(anchor));
  const rows = BY_PAIR[pair] ?? [];
  rows.push({ ...row, anchor });
  BY_PAIR[pair] = rows;
}

function pairOf(previous: number, trigger: number): number {
  return previous < 128 ? (previous << 7) | trigger : 0;
}

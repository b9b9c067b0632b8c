import { isTokenAt, isWordAt, startsWord } from '../chars.ts';
import type { Detector, Match } from './detector.ts';
import { KEY_PREFIXES, type KeyPrefix } from './key-prefixes.ts';

const TRIGGERS = '-_Iz';
/** How far a token is read before it must have shown itself to be random; a proven one is then read to its end. */
const PROOF_LENGTH = 96;
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
  canFollow: (previous, trigger) =>
    BY_PAIR[pairOf(previous.charCodeAt(0), trigger.charCodeAt(0))] !== undefined,
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
  // One bit for each of 64 classes of characters: cheaper than a set, and nearly as telling.
  let low = 0;
  let high = 0;
  while (end < limit && isTokenAt(text, end)) {
    const code = text.charCodeAt(end++);
    if (code <= 0x39 && code >= 0x30) digits++;
    if ((code & 32) === 0) low |= 1 << (code & 31);
    else high |= 1 << (code & 31);
  }
  const length = end - bodyStart;
  if (length < row.minLength || countBits(low) + countBits(high) < MIN_DISTINCT) return undefined;
  if (row.exact === true) return length === row.minLength ? { start, end } : undefined;
  if (digits < MIN_DIGITS) return undefined;
  while (isTokenAt(text, end)) end++;
  // A dash or underscore that ends a sentence or a Markdown emphasis is not part of the key.
  while (!isWordAt(text, end - 1)) end--;
  return { start, end };
}

function countBits(bits: number): number {
  let count = 0;
  for (let rest = bits; rest !== 0; rest &= rest - 1) count++;
  return count;
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

import { isAsciiWordAt, isHexAt, isTokenAt, isWordAt, startsToken } from '../text/chars.ts';
import type { Detector, Match } from './detector.ts';
import { KEY_PREFIXES, type KeyBody, type KeyPrefix } from './key-prefixes.ts';
import { KEY_SHAPES, type KeyShape } from './key-shapes.ts';

/**
 * Every prefix contains one of these characters in second place or later. They are rare in text, or at least rare after
 * the character before them in the prefix.
 */
const PREFIX_TRIGGERS = '-_2CGIKTz';
/** Only this many characters after the prefix are checked for randomness. A longer key is then read to its end. */
const CHECKED_LENGTH = 96;
/** Minimum number of different characters. */
const MIN_DISTINCT = 7;
/** Kebab-case names (`sk-fading-circle-container`) have no digits. A key may lack digits only if it mixes cases. */
const MIN_DIGITS = 1;
const MIN_CAPITALS = 3;

const DOT = 0x2e;

const IS_BODY_AT: Readonly<Record<KeyBody, (text: string, index: number) => boolean>> = {
  token: isTokenAt,
  alphanumeric: isAsciiWordAt,
  hex: isHexAt,
  dotted: (text, index) => isTokenAt(text, index) || text.charCodeAt(index) === DOT,
};

interface AnchoredPrefix extends KeyPrefix {
  /** Index of the trigger in the prefix. */
  readonly anchor: number;
  /** Code of the first character. Comparing it first rejects most candidates without a function call. */
  readonly first: number;
}

/**
 * Finds API keys with a known prefix or shape. The checksum of GitHub tokens is deliberately not verified, so that
 * tokens with a typo, truncated tokens and tokens in a later format are found too. A false match does little harm.
 */
export const apiKey: Detector = {
  label: 'API_KEY',
  triggers: [...new Set(PREFIX_TRIGGERS + KEY_SHAPES.map(({ triggers }) => triggers).join(''))].join(''),
  canFollow: (previous, trigger) =>
    BY_PAIR[pairOf(previous.charCodeAt(0), trigger.charCodeAt(0))] !== undefined ||
    KEY_SHAPES.some(({ triggers, canFollow }) => triggers.includes(trigger) && canFollow(previous)),
  find(text, at, from) {
    const rows = BY_PAIR[pairOf(text.charCodeAt(at - 1), text.charCodeAt(at))];
    if (rows !== undefined) {
      for (const row of rows) {
        const start = at - row.anchor;
        if (text.charCodeAt(start) !== row.first || start < from) continue;
        if (!text.startsWith(row.prefix, start)) continue;
        const found = readKey(text, start, row);
        if (found !== undefined) return found;
      }
    }
    return SHAPES[text.charCodeAt(at)]?.find(text, at, from);
  },
  normalise: (value) => value,
};

/** Reads the key whose prefix begins at `start`. Returns undefined if the characters do not look random. */
function readKey(text: string, start: number, row: KeyPrefix): Match | undefined {
  if (!startsToken(text, start)) return undefined;
  const isBodyAt = IS_BODY_AT[row.body ?? 'token'];
  const bodyStart = start + row.prefix.length;
  const limit = Math.min(text.length, bodyStart + CHECKED_LENGTH);
  let end = bodyStart;
  let digits = 0;
  // Counts different characters with one bit for each of 64 classes: faster than a set and nearly as exact.
  let low = 0;
  let high = 0;
  while (end < limit && isBodyAt(text, end)) {
    const code = text.charCodeAt(end++);
    if (code <= 0x39 && code >= 0x30) digits++;
    if ((code & 32) === 0) low |= 1 << (code & 31);
    else high |= 1 << (code & 31);
  }
  const length = end - bodyStart;
  if (length < row.minLength || countBits(low) + countBits(high) < MIN_DISTINCT) return undefined;
  if (row.exact === true)
    return length === row.minLength && !isTokenAt(text, end) ? { start, end } : undefined;
  if (digits < MIN_DIGITS && !mixesCases(low, high)) return undefined;
  while (isBodyAt(text, end)) end++;
  // A final dot, dash or underscore is punctuation or Markdown and not part of the key.
  while (!isWordAt(text, end - 1)) end--;
  return { start, end };
}

/** True for at least three different capitals and three other characters. Bit 31 of `low` is the underscore. */
function mixesCases(low: number, high: number): boolean {
  return countBits(low & 0x7fffffff) >= MIN_CAPITALS && countBits(high) >= MIN_CAPITALS;
}

function countBits(bits: number): number {
  let count = 0;
  for (let rest = bits; rest !== 0; rest &= rest - 1) count++;
  return count;
}

/** Key shapes by the character code of their triggers. */
const SHAPES: (KeyShape | undefined)[] = new Array(128).fill(undefined);
for (const shape of KEY_SHAPES) for (const char of shape.triggers) SHAPES[char.charCodeAt(0)] = shape;

/** Prefixes by the trigger and the character before it. One array look-up rejects nearly every dash of a text. */
const BY_PAIR: (AnchoredPrefix[] | undefined)[] = new Array(1 << 14).fill(undefined);
for (const row of KEY_PREFIXES) {
  const anchor = anchorOf(row.prefix);
  if (anchor < 0)
    throw new Error(`The prefix "${row.prefix}" has none of the characters "${PREFIX_TRIGGERS}".`);
  const pair = pairOf(row.prefix.charCodeAt(anchor - 1), row.prefix.charCodeAt(anchor));
  const rows = BY_PAIR[pair] ?? [];
  rows.push({ ...row, anchor, first: row.prefix.charCodeAt(0) });
  BY_PAIR[pair] = rows;
}

/** Returns the index of the trigger in a prefix. A digit is the last choice, because the scan skips single digits. */
function anchorOf(prefix: string): number {
  const triggers = [...prefix].map((char, index) => index > 0 && PREFIX_TRIGGERS.includes(char));
  const other = triggers.findIndex((is, index) => is && !/[0-9]/.test(prefix.charAt(index)));
  return other >= 0 ? other : triggers.indexOf(true);
}

/** Returns the index in `BY_PAIR` of two ASCII characters. */
function pairOf(previous: number, trigger: number): number {
  return previous < 128 ? (previous << 7) | trigger : 0;
}

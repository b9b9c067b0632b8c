import { isDigitAt, isHexAt, isTokenAt, startsToken } from '../text/chars.ts';
import type { Match } from './detector.ts';

/** A kind of key that is recognised by its form, because it has no prefix with a rare character. */
export interface KeyShape {
  readonly issuer: string;
  readonly triggers: string;
  /** Returns false if no key is possible at a trigger after this ASCII character. */
  canFollow(previous: string): boolean;
  find(text: string, at: number, from: number): Match | undefined;
}

/**
 * Telegram bot tokens: the bot's number, a colon and 35 characters that begin with `AA`. In URLs, `bot` precedes them.
 */
const telegram: KeyShape = {
  issuer: 'telegram',
  triggers: ':',
  canFollow: (previous) => /[0-9]/.test(previous),
  find(text, at, from) {
    if (!text.startsWith('AA', at + 1)) return undefined;
    let end = at + 1;
    while (end - at <= 36 && isTokenAt(text, end)) end++;
    let start = at;
    while (start > from && at - start < 13 && isDigitAt(text, start - 1)) start--;
    const digits = at - start;
    if (end - at - 1 !== 35 || digits < 6 || digits > 12) return undefined;
    return { start, end };
  },
};

const DATABRICKS = 'dapi';
const DATABRICKS_DIGITS = 32;

/** Databricks tokens: `dapi` and 32 hexadecimal digits. The letters are too common for triggers, so digits are used. */
const databricks: KeyShape = {
  issuer: 'databricks',
  triggers: '0123456789',
  canFollow: (previous) => /[a-fi]/.test(previous),
  find(text, at, from) {
    let body = at;
    while (body > from && at - body <= DATABRICKS_DIGITS && isHexAt(text, body - 1)) body--;
    const start = body - DATABRICKS.length;
    if (start < from || !text.startsWith(DATABRICKS, start) || !startsToken(text, start)) return undefined;
    let end = body;
    while (end - body <= DATABRICKS_DIGITS && isHexAt(text, end)) end++;
    if (end - body !== DATABRICKS_DIGITS) return undefined;
    // Some tokens have a suffix such as `-2` or `-3`.
    return { start, end: /^-\d(?!\w)/.test(text.slice(end, end + 3)) ? end + 2 : end };
  },
};

export const KEY_SHAPES: readonly KeyShape[] = [telegram, databricks];

import { digitsOf, isDigitAt, isLetterAt, skipDigits, startsWord, startsWordAfter } from '../text/chars.ts';
import type { Detector, Match } from './detector.ts';
import { passesLuhn } from './luhn.ts';
import { commonKind, type SeparatorKind, separatorAt } from './number-separators.ts';
import { textAfter, textBefore } from './surrounding-text.ts';

/**
 * Issuer ranges (first and last six-digit prefix) with their card lengths. Sources: ISO/IEC 7812 and the documentation
 * of the card networks. Lengths that are common for ids (12, 13, 17 to 19) are not listed. Cards with these lengths are
 * found only near a word such as "card".
 */
const ISSUERS: readonly (readonly [first: number, last: number, lengths: readonly number[]])[] = [
  [400000, 499999, [16]], // Visa
  [510000, 559999, [16]], // Mastercard
  [222100, 272099, [16]], // Mastercard, second range
  [340000, 349999, [15]], // American Express
  [370000, 379999, [15]],
  [300000, 305999, [14, 16]], // Diners Club
  [309500, 309599, [14, 16]],
  [360000, 369999, [14]],
  [380000, 399999, [14, 16]],
  [352800, 358999, [16]], // JCB
  [213100, 213199, [15]],
  [180000, 180099, [15]],
  [601100, 601199, [16]], // Discover
  [644000, 659999, [16]],
  [620000, 629999, [16]], // UnionPay
  [500000, 509999, [16]], // Maestro and national debit cards
  [560000, 589999, [16]],
  [600000, 609999, [16]], // RuPay
  [630000, 639999, [16]],
  [670000, 679999, [16]],
  [817200, 820199, [16]], // RuPay
  [220000, 220499, [16]], // Mir
];

/**
 * Lengths of the digit groups on cards. Usually 4-4-4-4; American Express 4-6-5, Diners Club 4-6-4, old Visa 4-4-4-1.
 */
const PRINTED = new Set([
  '4-4-4-4',
  '4-4-4-4-1',
  '4-4-4-4-2',
  '4-4-4-4-3',
  '4-6-5',
  '4-6-4',
  '4-4-4-1',
  '4-4-4-3',
]);
const MIN_DIGITS = 12;
const MAX_DIGITS = 19;
const CONTEXT =
  /card|\bcc\b|\bpan\b|credit|debit|visa|master|amex|american express|maestro|diners|karte|tarjeta|carte|carta|cart[aã]o/i;

/** Finds payment card numbers by check digit, length, and an issuer range or a word such as "card" nearby. */
export const paymentCard: Detector = {
  label: 'CARD',
  triggers: '0123456789',
  canFollow: startsWordAfter,
  find(text, at, from) {
    const runEnd = skipDigits(text, at);
    const run = runEnd - at;
    if (run >= MIN_DIGITS) return findPlain(text, at, runEnd, from);
    return run === 4 ? findPrinted(text, at, from) : undefined;
  },
  normalise: (value) => digitsOf(value.replaceAll('%20', '')),
};

/** Finds a card number without separators. */
function findPlain(text: string, start: number, end: number, from: number): Match | undefined {
  if (end - start > MAX_DIGITS || !standsAlone(text, start, end)) return undefined;
  return isCard(text, start, end, text.slice(start, end), from) ? { start, end } : undefined;
}

/** Finds a card number in groups with one kind of separator. If several lengths pass the checks, the longest wins. */
function findPrinted(text: string, start: number, from: number): Match | undefined {
  let kind: SeparatorKind | undefined;
  let layout = '4';
  let end = start + 4;
  let digits = text.slice(start, end);
  let found: Match | undefined;
  for (let groups = 2; groups <= 5; groups++) {
    const separator = separatorAt(text, end);
    if (separator === undefined) break;
    kind = kind === undefined ? separator.kind : commonKind(kind, separator.kind);
    if (kind === undefined) break;
    end = skipDigits(text, separator.end);
    digits += text.slice(separator.end, end);
    layout += `-${end - separator.end}`;
    if (!PRINTED.has(layout) || !standsAlone(text, start, end)) continue;
    if (TABLE_SEPARATORS.has(kind) && isInTable(text, start, end, kind)) continue;
    if (isCard(text, start, end, digits, from)) found = { start, end };
  }
  return found;
}

/** Separators that are also common between the numbers of a table, a sum or a path. */
const TABLE_SEPARATORS: ReadonlySet<SeparatorKind> = new Set(['line', '/', '+', '_']);

/** True if more numbers with the same separator precede or follow. The groups are then part of a table, sum or path. */
function isInTable(text: string, start: number, end: number, kind: SeparatorKind): boolean {
  if (separatorAt(text, end)?.kind === kind) return true;
  const line = /(\d)(?:\s|\\[nrt]){1,4}$/.exec(text.slice(Math.max(0, start - 10), start));
  return kind === 'line' ? line !== null : text.charAt(start - 1) === kind && isDigitAt(text, start - 2);
}

/** False for digits that are part of a word, a fraction (`0.4111…`), an e-mail address or a longer chain of numbers. */
function standsAlone(text: string, start: number, end: number): boolean {
  if (!startsWord(text, start) || isLetterAt(text, end) || text.charCodeAt(end) === 0x40) return false;
  if (text.charCodeAt(end) === 0x2e && isDigitAt(text, end + 1)) return false;
  const previous = text.charCodeAt(start - 1);
  return !((previous === 0x2e || previous === 0x2d) && isDigitAt(text, start - 2));
}

/** Checks the digits of a candidate: check digit, and an issuer range or a word nearby. */
function isCard(text: string, start: number, end: number, digits: string, from: number): boolean {
  if (!passesLuhn(digits) || isOneDigitRepeated(digits)) return false;
  const prefix = Number(digits.slice(0, 6));
  for (const [first, last, lengths] of ISSUERS) {
    if (prefix >= first && prefix <= last && lengths.includes(digits.length)) return true;
  }
  return CONTEXT.test(textBefore(text, start, from, 60)) || CONTEXT.test(textAfter(text, end, 30));
}

const isOneDigitRepeated = (digits: string): boolean => /^(\d)\1*$/.test(digits);

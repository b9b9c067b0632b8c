import type { Replace, Rule } from '../rules/rules.ts';

/**
 * Assigns numbers to values for rules that replace with `number`. Use one per trace, so that `[EMAIL_1]` is the same
 * address in all of its spans. It keeps the original values in memory, so drop it when the trace ends.
 */
export interface Numbering {
  /** Returns the number of a value. Each label counts from 1. */
  numberOf(label: string, value: string): number;
}

/** Bounds the memory of one numbering. All further values of a label share the next number. */
const MAX_NUMBERED = 10_000;

/** Creates an empty numbering. It remembers at most 10,000 values; all further values of a label share one number. */
export function createNumbering(): Numbering {
  const numbers = new Map<string, number>();
  const next = new Map<string, number>();
  return {
    numberOf(label, value) {
      const known = numbers.get(`${label}\n${value}`);
      if (known !== undefined) return known;
      const number = (next.get(label) ?? 0) + 1;
      if (numbers.size >= MAX_NUMBERED) return number;
      next.set(label, number);
      numbers.set(`${label}\n${value}`, number);
      return number;
    },
  };
}

/**
 * A synchronous keyed hash for rules that replace with `hash`, for example an HMAC-SHA-256 in hexadecimal, shortened as
 * you like. An unkeyed hash is not safe: there are few enough card and phone numbers to try them all. `value` is
 * normalised. Only ASCII letters and digits of the result are used, at most 64. If the function throws, the placeholder
 * says `unhashed`.
 *
 * ```ts
 * const hash = (value: string) => createHmac('sha256', key).update(value).digest('hex').slice(0, 12);
 * ```
 */
export type KeyedHash = (value: string, label: string) => string;

export interface ReplacementContext {
  readonly numbering: Numbering;
  readonly hash: KeyedHash | undefined;
}

/** Returns the replacement for a normalised value. */
export function replacementOf(
  replace: Replace,
  label: string,
  value: string,
  { numbering, hash }: ReplacementContext,
): string {
  switch (replace.with) {
    case 'placeholder':
      return `[${label}]`;
    case 'number':
      return `[${label}_${numbering.numberOf(label, value)}]`;
    case 'hash':
      return `[${label}_${hashText(value, label, hash)}]`;
    case 'tail':
      return `**** ${tailOf(value, replace.keep ?? 4)}`;
    case 'nothing':
      return '';
  }
}

/** Calls the hash function. If it fails, the error does not reach the caller, and the value is still replaced. */
function hashText(value: string, label: string, hash: KeyedHash | undefined): string {
  try {
    return (
      String(hash?.(value, label))
        .replace(/[^0-9A-Za-z]/g, '')
        .slice(0, 64) || 'unhashed'
    );
  } catch {
    return 'unhashed';
  }
}

/** Returns the last letters and digits of a value: at most `keep`, and at most a quarter of them. */
function tailOf(value: string, keep: number): string {
  const characters = value.replace(/[^0-9A-Za-z]/g, '');
  const count = Math.min(keep, Math.floor(characters.length / 4));
  return count === 0 ? '' : characters.slice(-count);
}

/** Returns the label of a rule's placeholders. */
export function labelOf(rule: Rule, detectorLabel: string | undefined): string {
  const own = 'label' in rule.replace ? rule.replace.label : undefined;
  return own ?? detectorLabel ?? 'REDACTED';
}

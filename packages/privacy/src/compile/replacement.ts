import type { Replace, Rule } from '../rules/rules.ts';

/**
 * Numbers given to values so far; one per trace makes `[EMAIL_1]` the same person in all its spans. It holds the
 * values themselves: keep it no longer than the trace.
 */
export interface Numbering {
  /** The number of a value among those of its label, from 1. */
  numberOf(label: string, value: string): number;
}

/** Further values share one number, so that memory stays bounded whatever a trace contains. */
const MAX_NUMBERED = 10_000;

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
 * The caller's keyed hash, for example an HMAC-SHA-256 in hex, cut to taste; it must be keyed, since card and phone
 * numbers are few enough to try them all. The key so stays outside of this package, and the platform's own code does
 * the work.
 */
export type KeyedHash = (value: string, label: string) => string;

export interface ReplacementContext {
  readonly numbering: Numbering;
  readonly hash: KeyedHash | undefined;
}

/** The text that stands in for a (normalised) value. */
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

/** A failing hash must neither throw into the caller nor let the value through. */
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

function tailOf(value: string, keep: number): string {
  const characters = value.replace(/[^0-9A-Za-z]/g, '');
  const count = Math.min(keep, Math.floor(characters.length / 4));
  return count === 0 ? '' : characters.slice(-count);
}

/** The word in a rule's placeholders. */
export function labelOf(rule: Rule, detectorLabel: string | undefined): string {
  const own = 'label' in rule.replace ? rule.replace.label : undefined;
  return own ?? detectorLabel ?? 'REDACTED';
}

import type { AppliesTo } from '../rules/rules.ts';
import { normaliseKey } from '../rules/sensitive-keys.ts';

/** The location of a text. */
export interface TextLocation {
  /** Observation kind of its span, if known. */
  readonly kind: string | undefined;
  /** Name of the attribute or member that contains the text; empty if unknown. */
  readonly key: string;
  /** Dotted path to the text; empty if unknown. */
  readonly path: string;
}

/** Compiles the condition of a rule. A location must satisfy every part that is set. */
export function compileAppliesTo({ kinds, keys, paths }: AppliesTo = {}): (at: TextLocation) => boolean {
  const kindSet = kinds && new Set(kinds);
  const keySet = keys && new Set(keys.map(normaliseKey));
  const patterns = paths?.map((path) => path.split('.'));
  return ({ kind, key, path }) =>
    (kindSet === undefined || (kind !== undefined && kindSet.has(kind))) &&
    (keySet === undefined || keySet.has(normaliseKey(key))) &&
    (patterns === undefined || patterns.some((pattern) => matchesPath(pattern, path.split('.'))));
}

function matchesPath(pattern: readonly string[], path: readonly string[]): boolean {
  const isOpen = pattern.at(-1) === '**';
  const fixed = isOpen ? pattern.slice(0, -1) : pattern;
  if (isOpen ? path.length < fixed.length : path.length !== fixed.length) return false;
  return fixed.every((segment, index) => segment === '*' || segment === path[index]);
}

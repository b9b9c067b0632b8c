import type { AppliesTo } from '../rules/rules.ts';
import { normaliseKey } from '../rules/sensitive-keys.ts';

/** Where a text stands. */
export interface Place {
  readonly kind: string | undefined;
  /** Name of the attribute or member that holds it; empty if unknown. */
  readonly key: string;
  /** Dotted path to it; empty if unknown. */
  readonly path: string;
}

/** Compiles the condition of a rule; every part that is present must agree. */
export function compileAppliesTo({ kinds, keys, paths }: AppliesTo = {}): (place: Place) => boolean {
  const kindSet = kinds && new Set(kinds);
  const keySet = keys && new Set(keys.map(normaliseKey));
  const patterns = paths?.map((path) => path.split('.'));
  return (place) =>
    (kindSet === undefined || (place.kind !== undefined && kindSet.has(place.kind))) &&
    (keySet === undefined || keySet.has(normaliseKey(place.key))) &&
    (patterns === undefined || patterns.some((pattern) => matchesPath(pattern, place.path.split('.'))));
}

function matchesPath(pattern: readonly string[], path: readonly string[]): boolean {
  const isOpen = pattern.at(-1) === '**';
  const fixed = isOpen ? pattern.slice(0, -1) : pattern;
  if (isOpen ? path.length < fixed.length : path.length !== fixed.length) return false;
  return fixed.every((segment, index) => segment === '*' || segment === path[index]);
}

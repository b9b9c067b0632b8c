import { DEFAULT_RULES, type Rule } from '@throughline/privacy';

/** The rules of those names, in the order of their table. */
export function redactRules(names: readonly string[]): readonly Rule[] {
  return DEFAULT_RULES.filter(({ id }) => names.includes(id));
}

import { DEFAULT_RULES, type Rule } from '@throughline/privacy';

/** Returns the rules with these names, in the order of the table. */
export function redactRules(names: readonly string[]): readonly Rule[] {
  return DEFAULT_RULES.filter(({ id }) => names.includes(id));
}

import type { FilterProblem } from '@throughline/spans';
import { type FilterOption, replaced } from './filter-option.ts';

/** Whether the filter is only incomplete, as after `model:` or an open parenthesis. */
export function isUnfinished(text: string, { position, length }: FilterProblem): boolean {
  const isOpen = (text[position] === '(' && length === 1) || text[position] === '"';
  return isOpen || (length === 0 && position >= text.trimEnd().length);
}

/** The correction that the parser suggests. */
export function correction(text: string, { position, length, suggestion }: FilterProblem): FilterOption[] {
  if (suggestion === undefined) return [];
  const fixed = replaced(text, position, position + length, suggestion);
  return [{ id: 'correction', group: 'Did you mean', label: fixed.text, ...fixed }];
}

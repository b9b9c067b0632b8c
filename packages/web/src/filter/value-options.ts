import { FILTER_FIELDS, filterFieldOf, type LabelField, parseFilter, printFilter } from '@throughline/spans';
import type { CompletionContext } from './completion-context.ts';
import { equals } from './conditions.ts';
import { type FilterOption, replaced } from './filter-option.ts';

/** Fields whose values the server can list. */
export type ListedField = Exclude<LabelField, 'trace'>;

/** The field whose values are suggested at the caret. */
export function listedField(context: CompletionContext): ListedField | undefined {
  if (context.kind !== 'value' || context.subject === undefined) return undefined;
  const field = filterFieldOf(context.subject);
  if (field === undefined || field === 'trace' || FILTER_FIELDS[field].type !== 'label') return undefined;
  return field as ListedField;
}

/** The other conditions of the filter, which limit the suggested values. Empty if they are incomplete. */
export function restOfFilter(text: string, { from, to }: CompletionContext): string {
  const rest = `${text.slice(0, from).replace(/[^\s()]*$/, '')}${text.slice(to)}`.trim();
  return parseFilter(rest).ok ? rest : '';
}

/** Values with their number of traces, as they are written in a filter. */
export function valueOptions(
  text: string,
  context: CompletionContext,
  field: ListedField,
  values: readonly { readonly value: string; readonly count: number }[],
): readonly FilterOption[] {
  return values.map(({ value, count }) => {
    const written = printFilter(equals(field, value)).slice(field.length + 1);
    const next = text[context.to];
    const end = context.inList || next !== undefined ? '' : ' ';
    return {
      id: `value-${value}`,
      group: 'Values',
      label: value,
      count,
      ...replaced(text, context.from, context.to, written + end),
    };
  });
}

import { parseFilter } from '@throughline/spans';
import { useSettled } from '../ui/use-settled.ts';
import type { TimeRange } from '../url/time-range.ts';
import { completionContext } from './completion-context.ts';
import type { FilterOption } from './filter-option.ts';
import { correction } from './filter-problem.ts';
import { nameOptions } from './name-options.ts';
import { useFieldValues } from './use-field-values.ts';
import { listedField, restOfFilter, valueOptions } from './value-options.ts';

interface FilterOptionsInput {
  readonly of: 'trace' | 'span';
  readonly open: boolean;
  readonly text: string;
  readonly caret: number;
  readonly project: string;
  readonly range: TimeRange;
  readonly recent: readonly string[];
}

const MOST_RECENT = 6;
const MOST_VALUES = 20;
/** Delay before values are requested, so that typing a value quickly causes a single request. */
const SETTLE_MS = 120;

/** Suggestions for the text at the caret: recent filters, a correction, names, or values from the store. */
export function useFilterOptions(input: FilterOptionsInput): readonly FilterOption[] {
  const { open, text, caret, project, range, recent } = input;
  const context = completionContext(text, caret);
  const field = listedField(context);
  const prefix = useSettled(context.prefix, SETTLE_MS);
  const { data } = useFieldValues({
    of: input.of,
    enabled: open && field !== undefined,
    field: field ?? 'kind',
    project,
    range,
    prefix,
    q: restOfFilter(text, context),
    limit: MOST_VALUES,
  });
  if (!open) return [];
  const parsed = parseFilter(text, { of: input.of });
  const isPrefix = (value: string) => value.toLowerCase().startsWith(context.prefix.toLowerCase());
  return [
    ...(text.trim() === '' ? recent.slice(0, MOST_RECENT).map(recentOption) : []),
    ...(parsed.ok ? [] : correction(text, parsed.problem)),
    ...(context.kind === 'name'
      ? nameOptions(text, { ...context, ofSpan: context.ofSpan || input.of === 'span' })
      : []),
    ...(field && data
      ? valueOptions(
          text,
          context,
          field,
          // Until the response arrives, the values for the previous prefix stay if they still match.
          data.values.filter(({ value }) => isPrefix(value)),
        )
      : []),
  ];
}

function recentOption(filter: string): FilterOption {
  const id = `recent-${filter}`;
  return { id, group: 'Recent', label: filter, text: filter, caret: filter.length, applies: true };
}

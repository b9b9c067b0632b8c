import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { fieldValuesQuery } from '../api/queries.ts';
import { boundsOf, printTimeRange, type TimeRange } from '../url/time-range.ts';
import type { ListedField } from './value-options.ts';

interface FieldValuesInput {
  /** Whether traces or spans are counted. */
  readonly of: 'trace' | 'span';
  readonly enabled: boolean;
  readonly field: ListedField;
  readonly project: string;
  readonly range: TimeRange;
  /** Filter for the rows that are counted. If empty, all are counted. */
  readonly q: string;
  readonly prefix?: string;
  readonly limit: number;
}

/** Reads the values of a field in a time range, with the number of traces or spans for each. Unmounting aborts the request. */
export function useFieldValues(input: FieldValuesInput) {
  const { of, enabled, field, project, range, q, prefix = '', limit } = input;
  const query = { project, field, limit, ...(q !== '' && { q }), ...(prefix !== '' && { prefix }) };
  return useQuery({
    ...fieldValuesQuery(of, query, JSON.stringify(printTimeRange(range)), () => ({
      from: new Date(boundsOf(range, Date.now()).fromMs).toISOString(),
      ...(range.kind === 'between' && { to: new Date(range.toMs).toISOString() }),
    })),
    enabled,
    // If only the prefix or the filter changed, the previous values stay until the response arrives.
    placeholderData: (old, oldQuery) => (isOf(oldQuery?.queryKey, field) ? keepPreviousData(old) : undefined),
  });
}

function isOf(key: readonly unknown[] | undefined, field: ListedField): boolean {
  const query = key?.[1];
  return typeof query === 'object' && query !== null && 'field' in query && query.field === field;
}

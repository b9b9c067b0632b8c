import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { traceValuesQuery } from '../api/queries.ts';
import { boundsOf, printTimeRange, type TimeRange } from '../url/time-range.ts';
import type { ListedField } from './value-options.ts';

interface TraceValuesInput {
  readonly enabled: boolean;
  readonly field: ListedField;
  readonly project: string;
  readonly range: TimeRange;
  /** Filter that the counted traces must pass. Empty: all traces. */
  readonly q: string;
  readonly prefix?: string;
  readonly limit: number;
}

/** Values of a field in a range of time, with their number of traces. The request ends if the page leaves. */
export function useTraceValues({ enabled, field, project, range, q, prefix = '', limit }: TraceValuesInput) {
  const query = { project, field, limit, ...(q !== '' && { q }), ...(prefix !== '' && { prefix }) };
  return useQuery({
    ...traceValuesQuery(query, JSON.stringify(printTimeRange(range)), () => ({
      from: new Date(boundsOf(range, Date.now()).fromMs).toISOString(),
      ...(range.kind === 'between' && { to: new Date(range.toMs).toISOString() }),
    })),
    enabled,
    // Another prefix or filter of the same field: what was there stays until the answer arrives.
    placeholderData: (old, oldQuery) => (isOf(oldQuery?.queryKey, field) ? keepPreviousData(old) : undefined),
  });
}

function isOf(key: readonly unknown[] | undefined, field: ListedField): boolean {
  const query = key?.[1];
  return typeof query === 'object' && query !== null && 'field' in query && query.field === field;
}

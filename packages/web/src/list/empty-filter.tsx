import { useQueries } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { printFilter } from '@throughline/spans';
import { conditionsOf, withoutCondition } from '../filter/conditions.ts';
import type { SearchRecord } from '../url/search-params.ts';
import { labelOf, printTimeRange, type TimeRange } from '../url/time-range.ts';
import type { ListPath } from './list-spec.ts';

interface EmptyFilterProps {
  readonly filter: string;
  readonly range: TimeRange;
  readonly project: string;
  readonly path: ListPath;
  readonly nouns: readonly [one: string, many: string];
  /** Address of the list with another filter. */
  readonly search: (filter: string) => SearchRecord;
  /** Number of rows that another filter finds. */
  readonly count: (filter: string, signal: AbortSignal) => Promise<FoundRows>;
}

export interface FoundRows {
  readonly count: number;
  /** Text of the count: `4,283 traces`, or `100 or more spans`. */
  readonly text: string;
}

/** Maximum number of conditions to try. A filter can have fifty. */
const MOST_TRIED = 8;

/** No row passes the filter. Offers the filters with one condition less that have results, those with the most first. */
export function EmptyFilter(props: EmptyFilterProps) {
  const { filter, range, project, path, nouns, search, count } = props;
  const nearest = conditionsOf(filter)
    .slice(0, MOST_TRIED)
    .map((condition, index) => ({ removed: printFilter(condition), q: withoutCondition(filter, index) }));
  const counts = useQueries({
    queries: nearest.map(({ q }) => ({
      queryKey: ['found', path, project, printTimeRange(range), q],
      queryFn: ({ signal }: { signal: AbortSignal }) => count(q, signal),
      staleTime: 30_000,
    })),
  });
  const found = nearest
    .flatMap((each, index) => {
      const rows = counts[index]?.data;
      return rows && rows.count > 0 ? [{ ...each, rows }] : [];
    })
    .sort((a, b) => b.rows.count - a.rows.count);
  const isCounting = counts.some(({ isPending }) => isPending);
  return (
    <div className="mx-auto flex w-full max-w-xl flex-col items-center gap-2 px-4 py-16 text-center">
      <h2 className="text-title font-semibold">No {nouns[0]} passes the filter</h2>
      <p className="text-ink-soft">
        During “{labelOf(range)}”, no {nouns[0]} of <b className="font-medium">{project}</b> passes
      </p>
      <p className="max-w-full rounded-control bg-sunken px-2 py-1 font-mono text-small wrap-anywhere">
        {filter}
      </p>
      {found.length > 0 && (
        <ul className="mt-2 flex w-full flex-col" aria-label="Filters with results">
          {found.map((each, index) => (
            <li key={each.removed} className="border-t border-line first:border-t-0">
              <Link to={path} search={search(each.q)} className="menu-row justify-between">
                <span className="min-w-0">
                  {index === 0 ? 'Remove' : 'or remove'}{' '}
                  <span className="font-mono text-small wrap-anywhere">{each.removed}</span>
                </span>
                <span className="shrink-0 text-ink-faint">{each.rows.text}</span>
              </Link>
            </li>
          ))}
        </ul>
      )}
      {found.length === 0 && !isCounting && (
        <p className="text-ink-soft">
          Without any one of these conditions, there is still no result. Try a wider range of time.
        </p>
      )}
      <Link to={path} search={search('')} className="control mt-2">
        Remove the filter
      </Link>
    </div>
  );
}

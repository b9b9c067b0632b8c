import { useQueries } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { formatCount, printFilter } from '@throughline/spans';
import { tracesSummaryQuery } from '../../api/queries.ts';
import { conditionsOf, withoutCondition } from '../../filter/conditions.ts';
import { boundsOf, labelOf, printTimeRange } from '../../url/time-range.ts';
import { printTracesView, type TracesView } from './url.ts';

interface EmptyFilterProps {
  readonly view: TracesView;
  readonly project: string;
}

/** Conditions that are tried. A filter may have fifty. */
const MOST_TRIED = 8;

/** No trace passes the filter. Offers the filters with one condition less that have results, the widest first. */
export function EmptyFilter({ view, project }: EmptyFilterProps) {
  const { q, range } = view;
  const conditions = conditionsOf(q).slice(0, MOST_TRIED);
  const nearest = conditions.map((condition, index) => ({
    removed: printFilter(condition),
    q: withoutCondition(q, index),
  }));
  const counts = useQueries({
    queries: nearest.map((each) =>
      tracesSummaryQuery(
        JSON.stringify([project, printTimeRange(range), each.q]),
        () => ({
          project,
          from: new Date(boundsOf(range, Date.now()).fromMs).toISOString(),
          ...(range.kind === 'between' && { to: new Date(range.toMs).toISOString() }),
          ...(each.q !== '' && { q: each.q }),
        }),
        1,
      ),
    ),
  });
  const found = nearest
    .map((each, index) => ({ ...each, traces: counts[index]?.data?.traces ?? 0 }))
    .filter(({ traces }) => traces > 0)
    .sort((a, b) => b.traces - a.traces);
  const isCounting = counts.some(({ isPending }) => isPending);
  return (
    <div className="mx-auto flex w-full max-w-xl flex-col items-center gap-2 px-4 py-16 text-center">
      <h2 className="text-title font-semibold">No trace passes the filter</h2>
      <p className="text-ink-soft">
        During “{labelOf(range)}”, no trace of <b className="font-medium">{project}</b> passes
      </p>
      <p className="max-w-full rounded-control bg-sunken px-2 py-1 font-mono text-small wrap-anywhere">{q}</p>
      {found.length > 0 && (
        <ul className="mt-2 flex w-full flex-col" aria-label="Filters with results">
          {found.map((each, index) => (
            <li key={each.removed} className="border-t border-line first:border-t-0">
              <Link
                to="/"
                search={printTracesView({ ...view, project, q: each.q })}
                className="menu-row justify-between"
              >
                <span className="min-w-0">
                  {index === 0 ? 'Remove' : 'or remove'}{' '}
                  <span className="font-mono text-small wrap-anywhere">{each.removed}</span>
                </span>
                <span className="shrink-0 text-ink-faint">
                  {formatCount(each.traces)} {each.traces === 1 ? 'trace' : 'traces'}
                </span>
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
      <Link to="/" search={printTracesView({ ...view, project, q: '' })} className="control mt-2">
        Remove the filter
      </Link>
    </div>
  );
}

import { useQuery } from '@tanstack/react-query';
import { formatCount } from '@throughline/spans';
import type { ReactNode } from 'react';
import { traceDifferencesQuery } from '../../api/queries.ts';
import type { TraceDifference } from '../../api/types.ts';
import { countOf, showShare } from '../../format/numbers.ts';
import { ProblemView } from '../../ui/problem-view.tsx';

interface DifferencesProps {
  readonly query: Parameters<typeof traceDifferencesQuery>[0];
  /** Adds a condition to the filter. */
  readonly onFilter: (filter: string) => void;
  readonly actions: ReactNode;
}

/** What is different about the selected traces, compared with the others of the range. */
export function Differences({ query, onFilter, actions }: DifferencesProps) {
  const { data, error, refetch } = useQuery(traceDifferencesQuery(query));
  const significant = data?.differences.filter((each) => each.significant) ?? [];
  const uncertain = (data?.differences.length ?? 0) - significant.length;
  return (
    <section aria-label="What is different about these?" className="px-3 pt-4 pb-6">
      <header className="flex flex-wrap items-center gap-x-3 gap-y-1">
        <h2 className="text-read font-semibold">What is different about these?</h2>
        {data && (
          <p className="text-small text-ink-soft">
            {countOf(data.selected, 'trace')} selected, {countOf(data.rest, 'other')} in the range
          </p>
        )}
        <span className="ml-auto flex items-center gap-1">{actions}</span>
      </header>
      {error && !data ? (
        <ProblemView error={error} onRetry={() => void refetch()} />
      ) : !data ? (
        <div className="skeleton appear-late mt-3 h-40" />
      ) : data.selected === 0 || data.rest === 0 ? (
        <p className="mt-3 text-ink-soft">
          {data.selected === 0
            ? 'No trace is selected.'
            : 'Every trace of the range is selected, so there is nothing to compare.'}
        </p>
      ) : significant.length === 0 ? (
        <p className="mt-3 text-ink-soft">
          Nothing differs clearly. {formatCount(data.compared)} values were compared; with so few traces or
          such small differences, it can be a coincidence.
        </p>
      ) : (
        <DifferenceTable differences={significant} onFilter={onFilter} />
      )}
      {data && data.compared > 0 && (
        <p className="mt-2 text-small text-ink-faint">
          {formatCount(data.compared)} values compared.
          {uncertain > 0 && ` Differences that can be a coincidence are left out.`}
          {data.sampled &&
            ` Fields are compared in a sample of ${formatCount(data.sampled.selected)} and ${formatCount(data.sampled.rest)} traces.`}
          {data.contentSampled &&
            ` Attributes and words are compared in a sample of ${formatCount(data.contentSampled.selected)} and ${formatCount(data.contentSampled.rest)} traces.`}{' '}
          Words are those of the first 200 characters of inputs and outputs.
        </p>
      )}
    </section>
  );
}

function DifferenceTable({
  differences,
  onFilter,
}: {
  readonly differences: readonly TraceDifference[];
  readonly onFilter: (filter: string) => void;
}) {
  return (
    <table className="mt-3 w-full max-w-5xl table-fixed border-collapse text-left">
      <thead className="text-small text-ink-faint">
        <tr className="border-b border-line">
          <th scope="col" className="w-1/4 py-1 font-normal">
            What
          </th>
          <th scope="col" className="py-1 font-normal">
            Value
          </th>
          <th scope="col" className="w-[22%] py-1 font-normal">
            Selected
          </th>
          <th scope="col" className="w-[22%] py-1 font-normal">
            Others
          </th>
        </tr>
      </thead>
      <tbody>
        {differences.map((difference) => (
          <tr key={difference.filter} className="border-b border-line hover:bg-hover">
            <td className="truncate py-1 pr-2 text-ink-soft" title={difference.name}>
              {difference.kind === 'word' ? 'word in the text' : difference.name}
            </td>
            <td className="py-1 pr-2">
              <button
                type="button"
                className="block max-w-full truncate text-left underline-offset-2 hover:text-accent hover:underline"
                title={`Filter by ${difference.filter}`}
                onClick={() => onFilter(difference.filter)}
              >
                {difference.value}
              </button>
            </td>
            <td className="py-1 pr-3">
              <Share share={difference.selectedShare} count={difference.selectedCount} strong />
            </td>
            <td className="py-1 pr-3">
              <Share share={difference.restShare} count={difference.restCount} />
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}

/** A share as a bar with its number. */
function Share({ share, count, strong = false }: { share: number; count: number; strong?: boolean }) {
  return (
    <span className="flex items-center gap-2" title={countOf(count, 'trace')}>
      <span aria-hidden className="hidden h-2 min-w-8 flex-1 bg-sunken sm:block">
        <span
          className={`block h-full ${strong ? 'bg-accent' : 'bg-volume'}`}
          style={{ width: `${share * 100}%` }}
        />
      </span>
      <span className="ml-auto shrink-0 text-right tabular-nums sm:w-14">{showShare(share, 1).text}</span>
    </span>
  );
}

import { Link } from '@tanstack/react-router';
import type { FilterProblem } from '@throughline/spans';
import { correction } from '../filter/filter-problem.ts';
import { MarkedFilter } from '../filter/marked-filter.tsx';
import type { SearchRecord } from '../url/search-params.ts';
import type { ListPath } from './list-spec.ts';

interface BrokenFilterProps {
  readonly filter: string;
  readonly path: ListPath;
  /** Address of the list with another filter. */
  readonly search: (filter: string) => SearchRecord;
  readonly problem: FilterProblem;
}

/** Shown instead of the list if the filter in the address cannot be understood. */
export function BrokenFilter({ filter, path, search, problem }: BrokenFilterProps) {
  const [fixed] = correction(filter, problem);
  return (
    <div role="alert" className="mx-auto flex w-full max-w-2xl flex-col items-start gap-2 px-4 py-12">
      <h2 className="text-title font-semibold">This filter cannot be understood</h2>
      <p className="max-w-full rounded-control bg-sunken px-2 py-1 font-mono text-small wrap-anywhere">
        <MarkedFilter text={filter} problem={problem} />
      </p>
      <p className="text-ink-soft wrap-anywhere">{problem.message}</p>
      <div className="mt-1 flex flex-wrap gap-2">
        {fixed && (
          <Link to={path} search={search(fixed.text)} className="control-primary">
            Use {fixed.text || 'no filter'}
          </Link>
        )}
        <Link to={path} search={search('')} className="control">
          Remove the filter
        </Link>
      </div>
    </div>
  );
}

import { Link } from '@tanstack/react-router';
import type { FilterProblem } from '@throughline/spans';
import { correction } from '../../filter/filter-problem.ts';
import { MarkedFilter } from '../../filter/marked-filter.tsx';
import { printTracesView, type TracesView } from './url.ts';

interface BrokenFilterProps {
  readonly view: TracesView;
  readonly problem: FilterProblem;
}

/** Shown instead of the list if the filter in the address cannot be understood. */
export function BrokenFilter({ view, problem }: BrokenFilterProps) {
  const [fixed] = correction(view.q, problem);
  return (
    <div role="alert" className="mx-auto flex w-full max-w-2xl flex-col items-start gap-2 px-4 py-12">
      <h2 className="text-title font-semibold">This filter cannot be understood</h2>
      <p className="max-w-full rounded-control bg-sunken px-2 py-1 font-mono text-small wrap-anywhere">
        <MarkedFilter text={view.q} problem={problem} />
      </p>
      <p className="text-ink-soft wrap-anywhere">{problem.message}</p>
      <div className="mt-1 flex flex-wrap gap-2">
        {fixed && (
          <Link to="/" search={printTracesView({ ...view, q: fixed.text })} className="control-primary">
            Use {fixed.text || 'no filter'}
          </Link>
        )}
        <Link to="/" search={printTracesView({ ...view, q: '' })} className="control">
          Remove the filter
        </Link>
      </div>
    </div>
  );
}

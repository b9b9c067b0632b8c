import { Link } from '@tanstack/react-router';
import { Inbox } from 'lucide-react';
import { showCount } from '../../format/numbers.ts';
import { totalOf, useProblems } from './use-problems.ts';

/** The entry in the navigation, with how much was not kept. */
export function ProblemsLink({ project, className }: { project: string | undefined; className: string }) {
  const { data } = useProblems(project);
  const total = totalOf(data?.problems ?? []);
  return (
    <Link
      to="/problems"
      search={project ? { project } : {}}
      activeOptions={{ exact: true, includeSearch: false }}
      className={className}
    >
      <Inbox size={14} className="shrink-0" aria-hidden />
      <span className="sr-only sm:not-sr-only">Problems</span>
      {total > 0 && (
        <span
          className="ml-auto rounded-full bg-warning-wash px-1.5 text-small text-warning"
          title={`${showCount(total).exact} not kept`}
        >
          {total > 999 ? '999+' : total}
          <span className="sr-only"> not kept</span>
        </span>
      )}
    </Link>
  );
}

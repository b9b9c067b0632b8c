import { Link } from '@tanstack/react-router';
import { Inbox } from 'lucide-react';
import { showCount } from '../../format/numbers.ts';
import { totalOf, useProblems, useStoreDamage } from './use-problems.ts';

/** The entry in the navigation, with how much was not kept. */
export function ProblemsLink({ project, className }: { project: string | undefined; className: string }) {
  const { data } = useProblems(project);
  const damaged = useStoreDamage().length;
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
      {damaged > 0 && (
        <span
          className="ml-auto rounded-full bg-error-wash px-1.5 text-small text-error"
          title="The store is damaged"
        >
          !<span className="sr-only"> The store is damaged</span>
        </span>
      )}
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

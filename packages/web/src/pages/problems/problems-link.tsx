import { Link } from '@tanstack/react-router';
import { Inbox } from 'lucide-react';
import { countOf, pluralOf } from '../../format/numbers.ts';
import { totalOf, useProblems, useStoreDamage } from './use-problems.ts';

/** The link in the navigation. It shows the number of rejected records and requests, and whether the store is damaged. */
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
      <span className="sr-only md:not-sr-only md:truncate">Data problems</span>
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
          title={`${countOf(total, 'item')} rejected`}
        >
          {total > 999 ? '999+' : total}
          <span className="sr-only"> {pluralOf(total, 'item')} rejected</span>
        </span>
      )}
    </Link>
  );
}

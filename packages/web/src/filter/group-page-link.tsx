import { Link } from '@tanstack/react-router';
import { ArrowUpRight } from 'lucide-react';
import { type ReactNode, useContext } from 'react';
import { useSearchRecord } from '../url/search-params.ts';
import { FilterTargetContext } from './filter-target.ts';

export type GroupKind = 'session' | 'user';

interface GroupPageLinkProps {
  readonly of: GroupKind;
  readonly id: string;
  readonly project?: string | undefined;
  readonly className?: string;
  readonly title?: string;
  /** Default: the id. */
  readonly children?: ReactNode;
}

/** The address of the page of a session or a user. */
export function groupPage(of: GroupKind, id: string, project: string | undefined) {
  const search = project === undefined ? {} : { project };
  return of === 'session'
    ? ({ to: '/sessions/$sessionId', params: { sessionId: id }, search } as const)
    : ({ to: '/users/$userId', params: { userId: id }, search } as const);
}

/** A link to the page of a session or a user. Without access to lists, as on a shared trace, the id is plain text. */
export function GroupPageLink({ of, id, project, className = '', title, children }: GroupPageLinkProps) {
  const current = useSearchRecord().project;
  const target = useContext(FilterTargetContext);
  if (!target && project === undefined) return <span className={className}>{children ?? id}</span>;
  return (
    <Link
      {...groupPage(of, id, project ?? current)}
      title={title ?? `Open the ${of} ${id}`}
      className={`min-w-0 truncate underline-offset-2 hover:text-accent hover:underline ${className}`}
    >
      {children ?? id}
    </Link>
  );
}

/** The same link as a small button, beside a value that filters. */
export function GroupPageButton({ of, id, compact }: { of: GroupKind; id: string; compact: boolean }) {
  const { project } = useSearchRecord();
  return (
    <Link
      {...groupPage(of, id, project)}
      aria-label={`Open the ${of} ${id}`}
      title={`Open the ${of}`}
      {...(compact && { tabIndex: -1 })}
      className={`inline-flex size-5 shrink-0 items-center justify-center rounded-control text-ink-soft hover:text-ink focus-visible:opacity-100 ${compact ? 'absolute right-6 z-[2] bg-hover opacity-0 group-hover/filter:opacity-100' : '-my-0.5'}`}
    >
      <ArrowUpRight size={12} aria-hidden />
    </Link>
  );
}

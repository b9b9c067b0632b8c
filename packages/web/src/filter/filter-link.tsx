import { Link, useNavigate } from '@tanstack/react-router';
import { CircleMinus, ListFilter } from 'lucide-react';
import { type MouseEvent, type ReactNode, useContext } from 'react';
import { equals, not, type ValueSubject, withCondition } from './conditions.ts';
import { FilterTargetContext } from './filter-target.ts';
import { GroupPageButton } from './group-page-link.tsx';

interface FilterLinkProps {
  readonly subject: ValueSubject;
  readonly value: string;
  readonly className?: string;
  /** In a cell of a list, which has no room for a button: it covers the end of the cell while the pointer is there. */
  readonly compact?: boolean;
  /** Content to show instead of the value. */
  readonly children?: ReactNode;
}

/** A value that leads to the traces that have it. The button beside it leads to those that do not, and that of a session or user to its page. */
export function FilterLink({ subject, value, className = '', compact = false, children }: FilterLinkProps) {
  const links = useFilterLinks(subject, value);
  if (!links) return <span className={className}>{children ?? value}</span>;
  return (
    <span className="group/filter inline-flex max-w-full min-w-0 items-center">
      <Link
        to={links.path}
        search={links.including}
        resetScroll={false}
        title={`${value}\nClick filters by it, Alt+click excludes it`}
        className={`min-w-0 truncate underline-offset-2 hover:text-accent hover:underline ${className}`}
        onClick={links.onClick}
      >
        {children ?? value}
      </Link>
      {(subject === 'session' || subject === 'user') && (
        <GroupPageButton of={subject} id={value} compact={compact} />
      )}
      <Link
        to={links.path}
        search={links.excluding}
        resetScroll={false}
        aria-label={`Exclude ${value}`}
        title="Exclude this"
        {...(compact && { tabIndex: -1 })}
        className={`inline-flex size-5 shrink-0 items-center justify-center rounded-control text-ink-soft opacity-0 hover:text-ink focus-visible:opacity-100 ${compact ? 'absolute right-1 z-[2] bg-hover group-hover/filter:opacity-100' : '-my-0.5 group-hover/filter:opacity-100'}`}
      >
        <CircleMinus size={12} aria-hidden />
      </Link>
    </span>
  );
}

/** Two buttons for a value that is too long, or too rich, to be a link itself. */
export function FilterButtons({ subject, value }: Pick<FilterLinkProps, 'subject' | 'value'>) {
  const links = useFilterLinks(subject, value);
  if (!links) return null;
  const name = typeof subject === 'string' ? subject : subject.key;
  return (
    <>
      <Link
        to={links.path}
        search={links.including}
        className="control-quiet"
        aria-label={`Filter by ${name}`}
        title="Filter by this"
      >
        <ListFilter size={12} aria-hidden />
      </Link>
      <Link
        to={links.path}
        search={links.excluding}
        className="control-quiet"
        aria-label={`Exclude ${name}`}
        title="Exclude this"
      >
        <CircleMinus size={12} aria-hidden />
      </Link>
    </>
  );
}

function useFilterLinks(subject: ValueSubject, value: string) {
  const target = useContext(FilterTargetContext);
  const navigate = useNavigate();
  if (!target) return undefined;
  const path = target.path ?? '/';
  const condition = equals(subject, value);
  const excluding = target.search(withCondition(target.filter, not(condition)));
  return {
    path,
    including: target.search(withCondition(target.filter, condition)),
    excluding,
    onClick: (event: MouseEvent) => {
      if (!event.altKey) return;
      event.preventDefault();
      void navigate({ to: path, search: excluding, resetScroll: false });
    },
  };
}

import { Link, type LinkProps } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import { ProblemView } from '../../ui/problem-view.tsx';

interface ListSectionProps {
  readonly title: string;
  /** The whole list, and the text of its link. */
  readonly all?: { readonly link: LinkProps; readonly text: string };
  readonly state: {
    readonly data: unknown;
    readonly error: Error | null;
    readonly refetch: () => unknown;
  };
  readonly children: ReactNode;
}

/** One list of the page with its title. While it loads, there is a placeholder. */
export function ListSection({ title, all, state, children }: ListSectionProps) {
  const { data, error, refetch } = state;
  return (
    <section aria-label={title} className="min-w-0">
      <div className="flex items-baseline gap-3 border-b border-line-strong pb-1">
        <h2 className="font-semibold">{title}</h2>
        {all && (
          <Link {...all.link} className="link ml-auto text-small">
            {all.text}
          </Link>
        )}
      </div>
      {data !== undefined ? (
        children
      ) : error ? (
        <ProblemView error={error} onRetry={() => void refetch()} />
      ) : (
        <div className="appear-late flex flex-col gap-2 py-2" role="status" aria-label={`Loading ${title}`}>
          <span className="skeleton h-3 w-3/4" />
          <span className="skeleton h-3 w-1/2" />
        </div>
      )}
    </section>
  );
}

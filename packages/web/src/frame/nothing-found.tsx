import { Link, type LinkProps } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import { useProject } from './use-project.ts';

interface NothingFoundProps {
  readonly title: string;
  /** The id that was not found. */
  readonly id: string;
  readonly project: string | undefined;
  readonly onRetry: () => void;
  /** Address of the same page in another project. */
  readonly linkIn: (project: string) => LinkProps;
  /** Why it may be missing. */
  readonly children: ReactNode;
  /** A link to the list. */
  readonly all: ReactNode;
}

/** The page of something that the project does not have, with the projects in which it may be. */
export function NothingFound({ title, id, project, onRetry, linkIn, children, all }: NothingFoundProps) {
  const { projects } = useProject();
  const others = projects.filter(({ name }) => name !== project);
  return (
    <div className="mx-auto flex max-w-xl flex-col items-start gap-3 px-4 py-12">
      <h1 className="text-title font-semibold">
        {title}
        {project && <> in {project}</>}
      </h1>
      <p className="font-mono text-small wrap-anywhere text-ink-soft">{id}</p>
      <p className="text-ink-soft">{children}</p>
      {others.length > 0 && (
        <p className="text-ink-soft">
          Try another project:{' '}
          {others.map(({ name }, i) => (
            <span key={name}>
              {i > 0 && ', '}
              <Link {...linkIn(name)} className="link underline">
                {name}
              </Link>
            </span>
          ))}
          .
        </p>
      )}
      <div className="flex gap-2">
        <button type="button" className="control" onClick={onRetry}>
          Try again
        </button>
        {all}
      </div>
    </div>
  );
}

import { useQuery } from '@tanstack/react-query';
import { Navigate } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import { ApiError } from '../../api/api-error.ts';
import { traceIdQuery } from '../../api/queries.ts';
import { ProblemView } from '../../ui/problem-view.tsx';
import { useSearchRecord } from '../../url/search-params.ts';
import { TraceSkeleton } from './trace-skeleton.tsx';

interface ShortTraceProps {
  /** Eight or more characters, which can be the beginning of an id. */
  readonly id: string;
  /** The page of the trace, if this is its whole id. */
  readonly whole: ReactNode;
}

const SHORT_ID = /^[0-9a-f]{8,31}$/i;

export function isShortId(id: string): boolean {
  return SHORT_ID.test(id);
}

/** Finds the trace whose id begins with these characters, and goes to its page. */
export function ShortTrace({ id, whole }: ShortTraceProps) {
  const search = useSearchRecord();
  const { data, error, refetch } = useQuery(traceIdQuery(id));
  if (error instanceof ApiError && error.status === 404) return whole;
  if (error) return <ProblemView error={error} onRetry={() => void refetch()} />;
  if (!data) return <TraceSkeleton />;
  if (data.traceId === id) return whole;
  const project = search.project ?? data.projects[0];
  return (
    <Navigate
      to="/t/$traceId"
      params={{ traceId: data.traceId }}
      search={{ ...search, ...(project && { project }) }}
      replace
    />
  );
}

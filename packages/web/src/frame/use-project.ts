import { useQuery } from '@tanstack/react-query';
import { useEffect } from 'react';
import { projectsQuery } from '../api/queries.ts';
import type { ProjectList } from '../api/types.ts';
import { isText, usePreference } from '../ui/preference.ts';
import { useSearchRecord } from '../url/search-params.ts';

export type Project = ProjectList['projects'][number];

interface ProjectState {
  /**
   * Name of the current project: from the URL, else the one shown last, else the one with the newest span. Undefined
   * until the list of projects is loaded.
   */
  readonly project: string | undefined;
  readonly projects: readonly Project[];
  readonly loading: boolean;
  readonly error: unknown;
  readonly retry: () => void;
}

/** Project of spans that do not name one. */
const DEFAULT_PROJECT = 'default';

export function useProject(): ProjectState {
  const inUrl = useSearchRecord().project;
  const [last, setLast] = usePreference('project', '', isText);
  const { data, error, isPending, refetch } = useQuery(projectsQuery);
  useEffect(() => {
    if (inUrl) setLast(inUrl);
  }, [inUrl, setLast]);
  const projects = data?.projects ?? [];
  const remembered = projects.find((project) => project.name === last)?.name;
  const newest = projects.toSorted((a, b) => (a.lastSpanAt < b.lastSpanAt ? 1 : -1))[0]?.name;
  const chosen = data ? (remembered ?? newest ?? DEFAULT_PROJECT) : undefined;
  return { project: inUrl ?? chosen, projects, loading: isPending, error, retry: () => void refetch() };
}

import { type QueryClient, useQuery, useQueryClient } from '@tanstack/react-query';
import { ApiError } from '../../api/api-error.ts';
import { projectsQuery, traceQuery } from '../../api/queries.ts';

/** So many projects are looked through for a trace whose link names none; the most recently active first. */
const MOST_PROJECTS = 20;

/** The trace of a link. Without a project in it, the trace is looked for in all of them. */
export function useTrace(traceId: string, project: string | undefined) {
  const client = useQueryClient();
  const named = useQuery({ ...traceQuery(traceId, project ?? ''), enabled: project !== undefined });
  const found = useQuery({
    queryKey: ['project-of', traceId],
    queryFn: () => findProject(client, traceId),
    enabled: project === undefined,
    staleTime: 0,
  });
  return project === undefined
    ? { data: undefined, foundIn: found.data, error: found.error, refetch: found.refetch }
    : { data: named.data, foundIn: undefined, error: named.error, refetch: named.refetch };
}

/** The name of the first project that has the trace. Throws what the last one answered. */
async function findProject(client: QueryClient, traceId: string): Promise<string> {
  const { projects } = await client.fetchQuery(projectsQuery);
  let missing: unknown = new ApiError({
    code: 'trace-not-found',
    status: 404,
    title: 'The trace does not exist',
    detail: 'No project has spans yet.',
    advice: 'Check the id.',
  });
  for (const { name } of projects.slice(0, MOST_PROJECTS)) {
    try {
      await client.fetchQuery(traceQuery(traceId, name));
      return name;
    } catch (error) {
      if (!(error instanceof ApiError && error.status === 404)) throw error;
      missing = error;
    }
  }
  throw missing;
}

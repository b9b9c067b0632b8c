import { useQuery } from '@tanstack/react-query';
import { projectOfTraceQuery, traceQuery } from '../../api/queries.ts';

/** The trace of a link. If the link names no project, `foundIn` is the project that has the trace. */
export function useTrace(traceId: string, project: string | undefined) {
  const named = useQuery({ ...traceQuery(traceId, project ?? ''), enabled: project !== undefined });
  const found = useQuery({ ...projectOfTraceQuery(traceId), enabled: project === undefined });
  return project === undefined
    ? { data: undefined, foundIn: found.data, error: found.error, refetch: found.refetch }
    : { data: named.data, foundIn: undefined, error: named.error, refetch: named.refetch };
}

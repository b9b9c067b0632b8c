import { useQuery } from '@tanstack/react-query';
import { projectOfTraceQuery, traceQuery } from '../../api/queries.ts';

/** Loads a trace. If `project` is undefined, it only finds the project that has the trace and returns it as `foundIn`. */
export function useTrace(traceId: string, project: string | undefined) {
  const named = useQuery({ ...traceQuery(traceId, project ?? ''), enabled: project !== undefined });
  const found = useQuery({ ...projectOfTraceQuery(traceId), enabled: project === undefined });
  return project === undefined
    ? { data: undefined, foundIn: found.data, error: found.error, refetch: found.refetch }
    : { data: named.data, foundIn: undefined, error: named.error, refetch: named.refetch };
}

import type { TraceProjects } from '../contract/project.ts';
import { type ApiTarget, getFromApi } from './api-client.ts';

/**
 * The full id of a trace, and the project to read it from: the given one, otherwise the one with the most spans. `id` can be
 * the beginning of the id.
 */
export async function findTrace(
  target: ApiTarget,
  id: string,
): Promise<{ readonly traceId: string; readonly project: string | undefined }> {
  // A full id in a known project needs no search.
  if (target.project !== undefined && !SHORT_ID.test(id)) return { traceId: id, project: target.project };
  const response = await getFromApi(target, `/traces/${encodeURIComponent(id)}/projects`);
  const { traceId, projects } = (await response.json()) as TraceProjects;
  return { traceId, project: target.project ?? projects[0] };
}

const SHORT_ID = /^[0-9a-f]{8,31}$/i;

import type { TraceProjects } from '../contract/project.ts';
import { type ApiTarget, getFromApi } from './api-client.ts';

/** The project with the most spans of a trace. */
export async function projectOfTrace(target: ApiTarget, traceId: string): Promise<string | undefined> {
  const response = await getFromApi(target, `/traces/${encodeURIComponent(traceId)}/projects`);
  const { projects } = (await response.json()) as TraceProjects;
  return projects[0];
}

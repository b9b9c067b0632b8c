import type { TraceProjects } from '../contract/project.ts';
import { type ApiTarget, getFromApi } from './api-client.ts';
import type { Terminal } from './terminal.ts';

/** Prints a trace as a text tree, or as the JSON of the API. Without a project, it searches all projects. */
export async function trace(
  terminal: Terminal,
  target: ApiTarget,
  traceId: string,
  json: boolean,
): Promise<void> {
  const accept = json ? 'application/json' : 'text/plain';
  const project = target.project ?? (await projectOf(target, traceId));
  const response = await getFromApi(
    { ...target, project },
    `/traces/${encodeURIComponent(traceId)}`,
    {},
    { accept },
  );
  const text = await response.text();
  terminal.out(text.endsWith('\n') ? text : `${text}\n`);
}

async function projectOf(target: ApiTarget, traceId: string): Promise<string | undefined> {
  const response = await getFromApi(target, `/traces/${encodeURIComponent(traceId)}/projects`);
  const { projects } = (await response.json()) as TraceProjects;
  return projects[0];
}

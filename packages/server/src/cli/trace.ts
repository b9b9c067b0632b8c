import { type ApiTarget, getFromApi } from './api-client.ts';
import { projectOfTrace } from './project-of-trace.ts';
import type { Terminal } from './terminal.ts';

/** Prints a trace as a text tree, or as the JSON of the API. Without a project, it searches all projects. */
export async function trace(
  terminal: Terminal,
  target: ApiTarget,
  traceId: string,
  json: boolean,
): Promise<void> {
  const accept = json ? 'application/json' : 'text/plain';
  const project = target.project ?? (await projectOfTrace(target, traceId));
  const response = await getFromApi(
    { ...target, project },
    `/traces/${encodeURIComponent(traceId)}`,
    {},
    { accept },
  );
  const text = await response.text();
  terminal.out(text.endsWith('\n') ? text : `${text}\n`);
}

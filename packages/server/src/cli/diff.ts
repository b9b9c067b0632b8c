import { type ApiTarget, getFromApi } from './api-client.ts';
import { projectOfTrace } from './project-of-trace.ts';
import type { Terminal } from './terminal.ts';

/** Prints the differences between two traces, or the JSON of the API. Without a project, it searches for that of the first. */
export async function diff(
  terminal: Terminal,
  target: ApiTarget,
  [a, b]: readonly [string, string],
  json: boolean,
): Promise<void> {
  const project = target.project ?? (await projectOfTrace(target, a));
  const path = `/traces/${encodeURIComponent(a)}/diff/${encodeURIComponent(b)}`;
  const accept = json ? 'application/json' : 'text/plain';
  const response = await getFromApi({ ...target, project }, path, {}, { accept });
  const text = await response.text();
  terminal.out(text.endsWith('\n') ? text : `${text}\n`);
}

import { type ApiTarget, getFromApi } from './api-client.ts';
import { findTrace } from './find-trace.ts';
import type { Terminal } from './terminal.ts';

/** Prints the differences between two traces, or the JSON of the API. Without a project, it searches for that of the first. */
export async function diff(
  terminal: Terminal,
  target: ApiTarget,
  [a, b]: readonly [string, string],
  json: boolean,
): Promise<void> {
  const { traceId, project } = await findTrace(target, a);
  const other = await findTrace({ ...target, project }, b);
  const path = `/traces/${encodeURIComponent(traceId)}/diff/${encodeURIComponent(other.traceId)}`;
  const accept = json ? 'application/json' : 'text/plain';
  const response = await getFromApi({ ...target, project }, path, {}, { accept });
  const text = await response.text();
  terminal.out(text.endsWith('\n') ? text : `${text}\n`);
}

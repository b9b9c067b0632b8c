import { type ApiTarget, getFromApi } from './api-client.ts';
import type { Terminal } from './terminal.ts';

/** A trace as a tree of text, or as the API's JSON. */
export async function trace(
  terminal: Terminal,
  target: ApiTarget,
  traceId: string,
  json: boolean,
): Promise<void> {
  const accept = json ? 'application/json' : 'text/plain';
  const response = await getFromApi(target, `/traces/${encodeURIComponent(traceId)}`, {}, { accept });
  const text = await response.text();
  terminal.out(text.endsWith('\n') ? text : `${text}\n`);
}

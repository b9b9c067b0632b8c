import type { RollUpBy } from '@throughline/spans';
import type { Trace } from '../contract/trace.ts';
import { type ApiTarget, getFromApi } from './api-client.ts';
import { findTrace } from './find-trace.ts';
import { formatRollUp, rollUpOf } from './roll-up.ts';
import type { Terminal } from './terminal.ts';

export interface TraceOptions {
  /** Prints totals by this instead of the tree. */
  readonly by: RollUpBy | undefined;
  readonly json: boolean;
}

/** Prints a trace as a text tree, as totals, or as JSON. Without a project, it searches all projects. */
export async function trace(
  terminal: Terminal,
  target: ApiTarget,
  id: string,
  { by, json }: TraceOptions,
): Promise<void> {
  const { traceId, project } = await findTrace(target, id);
  const path = `/traces/${encodeURIComponent(traceId)}`;
  if (by !== undefined) {
    const response = await getFromApi({ ...target, project }, path, { conclusion: 'false' });
    const { spans } = (await response.json()) as Trace;
    const rows = rollUpOf(spans, by);
    return terminal.out(json ? `${JSON.stringify({ rows })}\n` : formatRollUp(terminal, rows, by));
  }
  const accept = json ? 'application/json' : 'text/plain';
  const response = await getFromApi({ ...target, project }, path, {}, { accept });
  const text = await response.text();
  terminal.out(text.endsWith('\n') ? text : `${text}\n`);
}

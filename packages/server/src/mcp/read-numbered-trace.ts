import type { TraceSummary } from '../contract/trace.ts';
import { ThroughlineError } from '../errors/errors.ts';
import type { ProjectScope } from '../query/project-scope.ts';
import { type FoundTrace, getTrace, parseSpans } from '../query/traces/get-trace.ts';
import { NumberedSpans } from './numbered-spans.ts';

export interface NumberedTrace {
  readonly found: FoundTrace;
  readonly summary: TraceSummary;
  readonly spans: NumberedSpans;
}

/** @throws ThroughlineError trace-not-found */
export async function readNumberedTrace(
  scope: ProjectScope,
  traceId: string,
  signal: AbortSignal,
): Promise<NumberedTrace> {
  const found = await getTrace(scope, traceId, signal);
  if (!found)
    throw new ThroughlineError(
      'trace-not-found',
      `There is no trace "${traceId}" in project "${scope.project}". find_traces with the filter trace:<beginning>* finds it by the beginning of its id.`,
    );
  return { found, summary: found.summary, spans: new NumberedSpans(parseSpans(found)) };
}

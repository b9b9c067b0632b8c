import type { Engine } from '../clickhouse/engine.ts';
import { sql, time } from '../clickhouse/sql.ts';
import type { LiveFinished } from '../contract/live.ts';
import { projectScope } from '../query/project-scope.ts';
import { readTraceRows, toSummary } from '../query/traces/trace-row.ts';

/** A trace that is finished for now. The settler reports traces in this shape. */
export interface FinishedTrace {
  readonly project: string;
  readonly traceId: string;
  readonly again: boolean;
  /** Range that contains the start of the trace, in nanoseconds since 1970. */
  readonly fromNs: bigint;
  readonly toNs: bigint;
}

/** Maximum number of traces of one project in one event. */
const MAX_TRACES = 500;
const MAX_SECONDS = 10;

/** The summaries of finished traces (at least one) in the order of their start, and the number of omitted ones. */
export async function finishedOfProject(
  engine: Engine,
  project: string,
  traces: readonly FinishedTrace[],
): Promise<{ rows: LiveFinished['traces']; more: number }> {
  const shown = traces.slice(-MAX_TRACES);
  const rows = await readTraceRows(
    projectScope(engine, project),
    [
      sql`trace_id IN ${shown.map(({ traceId }) => traceId)}`,
      sql`start >= ${time(shown.map(({ fromNs }) => fromNs).reduce(earlier))}`,
      sql`start <= ${time(shown.map(({ toNs }) => toNs).reduce(later))}`,
    ],
    { maxSeconds: MAX_SECONDS },
  );
  const again = new Map(shown.map((trace) => [trace.traceId, trace.again]));
  const byStart = rows.toSorted((a, b) => (BigInt(a.start_ns) < BigInt(b.start_ns) ? -1 : 1));
  return {
    rows: byStart.map((row) => {
      const { inputPreview: _, outputPreview: __, scores: ___, ...summary } = toSummary(row);
      return { ...summary, again: again.get(row.trace_id) ?? false };
    }),
    more: traces.length - rows.length,
  };
}

const earlier = (a: bigint, b: bigint): bigint => (a < b ? a : b);
const later = (a: bigint, b: bigint): bigint => (a > b ? a : b);

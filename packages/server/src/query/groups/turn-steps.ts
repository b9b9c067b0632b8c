import type { SpanKind } from '@throughline/spans';
import type { QueryLimits } from '../../clickhouse/engine.ts';
import { orNull } from '../../clickhouse/numbers.ts';
import { sql } from '../../clickhouse/sql.ts';
import { MAX_TURN_FAILURES, MAX_TURN_TOOLS, type Turn } from '../../contract/session.ts';
import type { ProjectScope } from '../project-scope.ts';
import { inMinutesOf } from '../traces/minutes-of-traces.ts';
import type { TraceRow } from '../traces/trace-row.ts';

export type TurnSteps = Pick<Turn, 'tools' | 'failures'>;

/** Failed spans that are read for a trace, to find those that did not only pass on the failure of a child. */
const MAX_FAILED = 50;

interface ToolRow {
  readonly trace_id: string;
  readonly tool: string;
  readonly calls: string;
  readonly failed: string;
  readonly first_id: string;
}

interface FailedRow {
  readonly trace_id: string;
  readonly span_id: string;
  readonly parent_span_id: string;
  readonly name: string;
  readonly kind: SpanKind;
  readonly error_type: string;
  readonly message: string;
}

/** The tools that traces called and the spans that failed, by trace id. */
export async function readTurnSteps(
  scope: ProjectScope,
  traces: readonly TraceRow[],
  limits?: QueryLimits,
): Promise<ReadonlyMap<string, TurnSteps>> {
  const steps = new Map<string, { tools: Turn['tools']; failures: Turn['failures'] }>();
  if (traces.length === 0) return steps;
  const ranges = traces.map(({ start_ns, last_start_ns }) => ({
    firstNs: BigInt(start_ns),
    lastNs: BigInt(last_start_ns),
  }));
  const spansWhere = (condition: ReturnType<typeof sql>) => sql`
      SELECT trace_id, span_id, parent_span_id, name, kind, tool_name, status, error_type, status_message, start
      FROM ${scope.spans} AS spans
      WHERE trace_id IN ${traces.map(({ trace_id }) => trace_id)} AND ${inMinutesOf(ranges)} AND ${condition}
      ORDER BY version DESC
      LIMIT 1 BY trace_id, span_id`;
  const [tools, failed] = await Promise.all([
    scope.query<ToolRow>(
      sql`
      SELECT trace_id, if(tool_name != '', tool_name, name) AS tool, count() AS calls, countIf(status = 'error') AS failed,
        argMin(span_id, (start, span_id)) AS first_id
      FROM (${spansWhere(sql`kind = 'tool'`)})
      GROUP BY trace_id, tool
      ORDER BY min(start), tool
      LIMIT ${MAX_TURN_TOOLS} BY trace_id`,
      limits,
    ),
    scope.query<FailedRow>(
      sql`
      SELECT trace_id, span_id, parent_span_id, name, kind, error_type, substringUTF8(status_message, 1, 300) AS message
      FROM (${spansWhere(sql`status = 'error'`)})
      ORDER BY start, span_id
      LIMIT ${MAX_FAILED} BY trace_id`,
      limits,
    ),
  ]);
  const of = (traceId: string) => {
    const found = steps.get(traceId) ?? { tools: [], failures: [] };
    steps.set(traceId, found);
    return found;
  };
  for (const row of tools)
    of(row.trace_id).tools.push({
      name: row.tool,
      count: Number(row.calls),
      failedCount: Number(row.failed),
      spanId: row.first_id,
    });
  const passedOn = new Set(failed.map((row) => JSON.stringify([row.trace_id, row.parent_span_id])));
  for (const row of failed) {
    const { failures } = of(row.trace_id);
    const isPassedOn = passedOn.has(JSON.stringify([row.trace_id, row.span_id]));
    if (isPassedOn || failures.length >= MAX_TURN_FAILURES) continue;
    failures.push({
      spanId: row.span_id,
      name: row.name,
      kind: row.kind,
      errorType: orNull(row.error_type),
      message: orNull(row.message),
    });
  }
  return steps;
}

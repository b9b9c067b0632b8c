import type { SpanSummary, Trace } from '../api/schemas.ts';
import type { QueryLimits } from '../store/engine.ts';
import { sql } from '../store/sql.ts';
import type { ProjectScope } from './project-scope.ts';
import { SPAN_SUMMARY_COLUMNS, type SpanSummaryRow, toSpanSummary } from './span-summary.ts';
import { summariseTraces } from './trace-summaries.ts';

/** Of a larger trace the earliest are given; its `spanCount` tells how many there are. */
export const MAX_SPANS = 100_000;

/** The trace with all its spans by start; undefined where the project has none of this id. */
export async function getTrace(
  scope: ProjectScope,
  traceId: string,
  signal?: AbortSignal,
): Promise<Trace | undefined> {
  const limits: QueryLimits = { maxResultRows: MAX_SPANS, ...(signal ? { signal } : {}) };
  const [spans, summaries] = await Promise.all([
    readSpans(scope, traceId, limits),
    summariseTraces(scope, [traceId], { limits }),
  ]);
  const found = summaries.get(traceId);
  return found && { ...found.summary, spans };
}

/** A span in its latest version, even where that has another start and so another key. */
async function readSpans(scope: ProjectScope, traceId: string, limits: QueryLimits): Promise<SpanSummary[]> {
  const rows = await scope.query<SpanSummaryRow>(
    sql`
    SELECT ${SPAN_SUMMARY_COLUMNS}
    FROM
    (
      SELECT ${SPAN_SUMMARY_COLUMNS}
      FROM ${scope.spans}
      WHERE trace_id = ${traceId}
      ORDER BY version DESC
      LIMIT 1 BY span_id
    )
    ORDER BY start, span_id
    LIMIT ${MAX_SPANS}`,
    limits,
  );
  return rows.map(toSpanSummary);
}

import type { Trace, TraceSummary } from '../api/schemas.ts';
import type { QueryLimits } from '../store/engine.ts';
import { sql, time } from '../store/sql.ts';
import type { ProjectScope } from './project-scope.ts';
import { API_SETTINGS, SPAN_SUMMARY_FIELDS } from './span-summary.ts';
import { summariseTraces } from './trace-summaries.ts';
import { countUsedOfTrace, type UsedDocumentCount } from './used-documents.ts';

/** Of a larger trace the earliest are given; its `spanCount` tells how many there are. */
export const MAX_SPANS = 100_000;

const MAX_SCORES = 1000;

export interface FoundTrace {
  readonly summary: TraceSummary;
  readonly usedDocuments: readonly UsedDocumentCount[];
  /** `SpanSummary[]` by start, as the UTF-8 text of JSON. */
  readonly spansJson: Uint8Array;
}

/** The trace with all its spans by start; undefined where the project has none of this id. */
export async function getTrace(
  scope: ProjectScope,
  traceId: string,
  signal?: AbortSignal,
): Promise<FoundTrace | undefined> {
  const limits: QueryLimits = { maxResultRows: MAX_SPANS, ...(signal ? { signal } : {}) };
  const range = await rangeOf(scope, traceId, limits);
  if (!range) return undefined;
  const [spansJson, summaries, usedDocuments] = await Promise.all([
    readSpans(scope, traceId, range, limits),
    summariseTraces(scope, [traceId], { ...range, limits, maxScores: MAX_SCORES }),
    countUsedOfTrace(scope, traceId, range, limits),
  ]);
  const found = summaries.get(traceId);
  return found && { summary: found.summary, usedDocuments, spansJson };
}

/** The text of a `Trace`. */
export function traceJson({ summary, usedDocuments, spansJson }: FoundTrace): Buffer {
  const head = JSON.stringify({ ...summary, usedDocuments }).slice(0, -1);
  return Buffer.concat([Buffer.from(`${head},"spans":`), spansJson, Buffer.from('}')]);
}

export function parseTrace(found: FoundTrace): Trace {
  return JSON.parse(traceJson(found).toString()) as Trace;
}

interface Range {
  readonly fromNs: bigint;
  readonly toNs: bigint;
}

/** When the trace's rows begin. The id alone leads through its index; with the time the other queries need no index. */
async function rangeOf(
  scope: ProjectScope,
  traceId: string,
  limits: QueryLimits,
): Promise<Range | undefined> {
  const [row] = await scope.query<{ first: string; last: string; n: string }>(
    sql`
    SELECT toUnixTimestamp64Nano(min(start)) AS first, toUnixTimestamp64Nano(max(start)) AS last, count() AS n
    FROM ${scope.spans}
    WHERE trace_id = ${traceId}`,
    limits,
  );
  return row && row.n !== '0' ? { fromNs: BigInt(row.first), toNs: BigInt(row.last) } : undefined;
}

/** A span in its latest version, even where that has another start and so another key. */
function readSpans(
  scope: ProjectScope,
  traceId: string,
  { fromNs, toNs }: Range,
  limits: QueryLimits,
): Promise<Uint8Array> {
  return scope.queryJson(
    sql`
    SELECT ${SPAN_SUMMARY_FIELDS}
    FROM
    (
      SELECT * FROM ${scope.spans}
      WHERE trace_id = ${traceId} AND start >= ${time(fromNs)} AND start <= ${time(toNs)}
      ORDER BY version DESC
      LIMIT 1 BY span_id
    )
    ORDER BY start, span_id
    LIMIT ${MAX_SPANS}
    ${API_SETTINGS}`,
    limits,
  );
}

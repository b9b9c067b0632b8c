import type { DocumentMark } from '@throughline/spans';
import type { QueryLimits } from '../../clickhouse/engine.ts';
import { sql } from '../../clickhouse/sql.ts';
import type { SpanSummary } from '../../contract/span.ts';
import type { Trace, TraceSummary } from '../../contract/trace.ts';
import { type ProjectScope, type SpanRange, startsWithin } from '../project-scope.ts';
import { scoresOfTraces } from '../scores/score-rows.ts';
import { API_SETTINGS, SPAN_SUMMARY_FIELDS } from '../spans/span-summary.ts';
import { countUsedOfTrace, readDocumentMarks, type UsedDocumentCount } from '../spans/used-documents.ts';
import { readPreviews } from './previews.ts';
import { previewSource, readTraceRows, toSummary } from './trace-row.ts';

/** Maximum number of spans. For a larger trace the earliest are returned; `spanCount` is the full number. */
export const MAX_SPANS = 100_000;

const MAX_SCORES = 1000;

export interface FoundTrace {
  readonly summary: TraceSummary;
  /** Which documents its spans used. */
  readonly documentMarks: readonly DocumentMark[];
  readonly usedDocuments: readonly UsedDocumentCount[];
  /** The range from the first to the last start of a span. */
  readonly range: SpanRange;
  readonly hasDocuments: boolean;
  /** `SpanSummary[]` sorted by start, as UTF-8 text of JSON. */
  readonly spansJson: Uint8Array;
}

/** The trace with all its spans sorted by start. Undefined if the project does not have it. */
export async function getTrace(
  scope: ProjectScope,
  traceId: string,
  signal?: AbortSignal,
): Promise<FoundTrace | undefined> {
  const limits: QueryLimits = { maxResultRows: MAX_SPANS, ...(signal ? { signal } : {}) };
  // The first query finds the trace by the index of ids. With its time range, the other queries do not need that index.
  const [[row], scores] = await Promise.all([
    readTraceRows(scope, [sql`trace_id = ${traceId}`], limits),
    scoresOfTraces(scope, [traceId], MAX_SCORES, limits),
  ]);
  if (!row) return undefined;
  const range: SpanRange = { fromNs: BigInt(row.start_ns), toNs: BigInt(row.last_start_ns) };
  const [spansJson, previews, { documentMarks, usedDocuments }] = await Promise.all([
    readSpans(scope, traceId, range, BigInt(row.newest_version), limits),
    readPreviews(scope, [previewSource(row)], limits),
    row.has_documents ? readUsedDocuments(scope, traceId, range, limits) : NO_DOCUMENTS,
  ]);
  return {
    summary: toSummary(row, previews.get(traceId), scores.get(traceId)),
    documentMarks,
    usedDocuments,
    range,
    hasDocuments: Boolean(row.has_documents),
    spansJson,
  };
}

const NO_DOCUMENTS = { documentMarks: [], usedDocuments: [] };

async function readUsedDocuments(
  scope: ProjectScope,
  traceId: string,
  range: SpanRange,
  limits: QueryLimits,
): Promise<Pick<FoundTrace, 'documentMarks' | 'usedDocuments'>> {
  const documentMarks = await readDocumentMarks(scope, traceId, range, limits);
  const usedDocuments = await countUsedOfTrace(scope, traceId, range, documentMarks, limits);
  return { documentMarks, usedDocuments };
}

/** Serialises a `Trace`. */
export function traceJson(
  { summary, usedDocuments, spansJson }: FoundTrace,
  conclusion: Trace['conclusion'],
): Buffer {
  const head = JSON.stringify({ ...summary, conclusion, usedDocuments }).slice(0, -1);
  return Buffer.concat([Buffer.from(`${head},"spans":`), spansJson, Buffer.from('}')]);
}

export function parseSpans({ spansJson }: FoundTrace): SpanSummary[] {
  return JSON.parse(Buffer.from(spansJson).toString()) as SpanSummary[];
}

/**
 * Reads each span in its latest version, even if that version has another start and so another key. Rows that arrived after
 * the summary was read are left out, so that both agree: a call never has a cost that is missing in its trace.
 */
function readSpans(
  scope: ProjectScope,
  traceId: string,
  range: SpanRange,
  version: bigint,
  limits: QueryLimits,
): Promise<Uint8Array> {
  return scope.queryJson(
    sql`
    SELECT ${SPAN_SUMMARY_FIELDS}
    FROM
    (
      SELECT * FROM ${scope.spans}
      WHERE trace_id = ${traceId} AND ${startsWithin(range)} AND version <= ${version}
      ORDER BY version DESC
      LIMIT 1 BY span_id
    )
    ORDER BY start, span_id
    LIMIT ${MAX_SPANS}
    ${API_SETTINGS}`,
    limits,
  );
}

import {
  countUsedDocuments,
  type DocumentMark,
  decodeAttributes,
  documentMarksOf,
  mapContent,
  markUsedDocuments,
  USED_DOCUMENTS_ATTRIBUTE,
} from '@throughline/spans';
import type { QueryLimits } from '../../clickhouse/engine.ts';
import { type Sql, sql } from '../../clickhouse/sql.ts';
import { type ProjectScope, type SpanRange, startsWithin } from '../project-scope.ts';
import { type FactsRow, type PayloadRow, rawSpanOfRows } from './raw-span-of-rows.ts';

/** Maximum number of spans of a trace that are read. If an agent loop marks documents in more spans, some are missing. */
const MAX_SPANS = 200;

/** Columns of `payloads` that `rawSpanOfRows` needs. */
export const PAYLOAD_COLUMNS: Sql = sql`arrayZip(mapKeys(payloads.input), mapValues(payloads.input)) AS input,
      arrayZip(mapKeys(payloads.output), mapValues(payloads.output)) AS output,
      attributes, events, links, resource, scope, trace_state, flags, dropped_attributes_count, dropped_events_count,
      dropped_links_count, end_time_unix_nano, status_code, status_message`;

/** Reads the marks of used documents on the spans of a trace. */
export async function readDocumentMarks(
  scope: ProjectScope,
  traceId: string,
  range: SpanRange | undefined,
  limits?: QueryLimits,
): Promise<DocumentMark[]> {
  const within = range ? sql`AND ${startsWithin(range)}` : sql``;
  const rows = await scope.query<{ attributes: string }>(
    sql`
    SELECT attributes
    FROM ${scope.payloads}
    WHERE trace_id = ${traceId} ${within} AND position(attributes, ${USED_DOCUMENTS_ATTRIBUTE}) > 0
    ORDER BY version DESC
    LIMIT 1 BY span_id
    LIMIT ${MAX_SPANS}`,
    limits,
  );
  return rows.flatMap(({ attributes }) => documentMarksOf(decodeAttributes(attributes)) ?? []);
}

export interface UsedDocumentCount {
  readonly spanId: string;
  readonly count: number;
}

/**
 * Counts the used documents of each retriever and reranker of a trace, and leaves out those without any. The marks are on
 * other spans than the documents, so the documents are read only if there are marks.
 */
export async function countUsedOfTrace(
  scope: ProjectScope,
  traceId: string,
  range: SpanRange,
  marks: readonly DocumentMark[],
  limits?: QueryLimits,
): Promise<UsedDocumentCount[]> {
  if (marks.length === 0) return [];
  const facts = await scope.query<FactsRow>(
    sql`
    SELECT trace_id AS traceId, span_id AS spanId, nullIf(parent_span_id, '') AS parentSpanId, name,
      otel_kind AS otelKind, toString(toUnixTimestamp64Nano(start)) AS startNs, toString(duration_ns) AS durationNs,
      status, nullIf(status_message, '') AS statusMessage
    FROM ${scope.spans}
    WHERE trace_id = ${traceId} AND ${startsWithin(range)} AND document_count > 0
    ORDER BY version DESC
    LIMIT 1 BY span_id
    LIMIT ${MAX_SPANS}`,
    limits,
  );
  const payloads = await scope.query<PayloadRow & { readonly spanId: string }>(
    sql`
    SELECT span_id AS spanId, ${PAYLOAD_COLUMNS}
    FROM ${scope.payloads} AS payloads
    WHERE trace_id = ${traceId} AND ${startsWithin(range)} AND span_id IN ${facts.map(({ spanId }) => spanId)}
    ORDER BY version DESC
    LIMIT 1 BY span_id`,
    limits,
  );
  const payloadOf = new Map(payloads.map((payload) => [payload.spanId, payload]));
  return facts.flatMap((row) => {
    const content = mapContent(rawSpanOfRows(row, payloadOf.get(row.spanId)));
    const count = countUsedDocuments(markUsedDocuments(content, row.spanId, marks));
    return count === 0 ? [] : { spanId: row.spanId, count };
  });
}

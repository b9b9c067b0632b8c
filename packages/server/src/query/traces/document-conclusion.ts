import {
  answerTextOf,
  type ConclusionSentence,
  concludeDocuments,
  mapContent,
  markUsedDocuments,
  promptTextOf,
  type SpanContent,
} from '@throughline/spans';
import type { QueryLimits } from '../../clickhouse/engine.ts';
import { type Sql, sql } from '../../clickhouse/sql.ts';
import { isoTimestampOf } from '../../contract/timestamps.ts';
import { type ProjectScope, type SpanRange, startsWithin } from '../project-scope.ts';
import { type FactsRow, type PayloadRow, rawSpanOfRows } from '../spans/raw-span-of-rows.ts';
import { PAYLOAD_COLUMNS, readDocumentMarks } from '../spans/used-documents.ts';

/** The latest searches and model calls that are read; earlier ones rarely matter for the answer. */
const MAX_SEARCHES = 8;
const MAX_CALLS = 12;
/** Larger spans are left out, so that at most 10 MB are read. */
const MAX_SPAN_BYTES = 500_000;
/** The end of a longer prompt is examined. */
const MAX_PROMPT_CHARACTERS = 100_000;

/** Finds out how the documents of a trace were used, from the content of its latest searches and model calls. */
export async function concludeDocumentsOfTrace(
  scope: ProjectScope,
  traceId: string,
  range: SpanRange,
  limits?: QueryLimits,
): Promise<ConclusionSentence | undefined> {
  const searches = await readContents(scope, traceId, range, sql`document_count > 0`, MAX_SEARCHES, limits);
  if (searches.length === 0) return undefined;
  const [calls, marks] = await Promise.all([
    readContents(scope, traceId, range, sql`kind = 'llm'`, MAX_CALLS, limits),
    readDocumentMarks(scope, traceId, range, limits),
  ]);
  return concludeDocuments(
    searches.map(({ spanId, name, startTime, content }) => ({
      spanId,
      name,
      startTime,
      documents: markUsedDocuments(content, spanId, marks).retrieval?.documents ?? [],
    })),
    calls.map(({ spanId, startTime, content }) => ({
      spanId,
      startTime,
      prompt: promptTextOf(content, MAX_PROMPT_CHARACTERS),
      answer: answerTextOf(content, MAX_PROMPT_CHARACTERS),
    })),
  );
}

interface ReadSpan {
  readonly spanId: string;
  readonly name: string;
  readonly startTime: string;
  readonly content: SpanContent;
}

/** The content of the latest spans that satisfy a condition. Spans without a payload are left out. */
async function readContents(
  scope: ProjectScope,
  traceId: string,
  range: SpanRange,
  condition: Sql,
  most: number,
  limits?: QueryLimits,
): Promise<readonly ReadSpan[]> {
  const facts = await scope.query<FactsRow>(
    sql`
    SELECT *
    FROM
    (
      SELECT trace_id AS traceId, span_id AS spanId, nullIf(parent_span_id, '') AS parentSpanId, name,
        otel_kind AS otelKind, toString(toUnixTimestamp64Nano(start)) AS startNs, toString(duration_ns) AS durationNs,
        status, nullIf(status_message, '') AS statusMessage
      FROM ${scope.spans}
      WHERE trace_id = ${traceId} AND ${startsWithin(range)} AND ${condition}
      ORDER BY version DESC
      LIMIT 1 BY span_id
    )
    ORDER BY startNs DESC
    LIMIT ${most}`,
    limits,
  );
  if (facts.length === 0) return [];
  const payloads = await scope.query<PayloadRow & { readonly spanId: string }>(
    sql`
    SELECT span_id AS spanId, ${PAYLOAD_COLUMNS}
    FROM ${scope.payloads} AS payloads
    WHERE trace_id = ${traceId} AND ${startsWithin(range)} AND span_id IN ${facts.map(({ spanId }) => spanId)}
      AND byteSize(payloads.input, payloads.output, attributes, events) <= ${MAX_SPAN_BYTES}
    ORDER BY version DESC
    LIMIT 1 BY span_id`,
    limits,
  );
  const payloadOf = new Map(payloads.map((payload) => [payload.spanId, payload]));
  return facts.flatMap((row) => {
    const payload = payloadOf.get(row.spanId);
    if (!payload) return [];
    return {
      spanId: row.spanId,
      name: row.name,
      startTime: isoTimestampOf(BigInt(row.startNs)),
      content: mapContent(rawSpanOfRows(row, payload)),
    };
  });
}

import {
  answerTextOf,
  type ConclusionSentence,
  concludeDocuments,
  type DocumentMark,
  mapContent,
  markUsedDocuments,
  promptTextOf,
  type SpanContent,
} from '@throughline/spans';
import type { QueryLimits } from '../../clickhouse/engine.ts';
import { sql } from '../../clickhouse/sql.ts';
import type { SpanSummary } from '../../contract/span.ts';
import { isoTimestampOf } from '../../contract/timestamps.ts';
import { type ProjectScope, type SpanRange, startsWithin } from '../project-scope.ts';
import { type FactsRow, type PayloadRow, rawSpanOfRows } from '../spans/raw-span-of-rows.ts';
import { PAYLOAD_COLUMNS } from '../spans/used-documents.ts';

/** The latest searches and model calls that are read; earlier ones rarely matter for the answer. */
const MAX_SEARCHES = 8;
const MAX_CALLS = 12;
/** Larger spans are left out, so that at most 10 MB are read. */
const MAX_SPAN_BYTES = 500_000;
/** The end of a longer prompt is examined. */
const MAX_PROMPT_CHARACTERS = 100_000;

/** A trace whose spans and marks of used documents were read. */
export interface TraceOfDocuments {
  readonly traceId: string;
  readonly range: SpanRange;
  /** Sorted by start. */
  readonly spans: readonly Pick<SpanSummary, 'spanId' | 'kind' | 'documentCount'>[];
  readonly marks: readonly DocumentMark[];
}

/** Finds out how the documents of a trace were used, from the content of its latest searches and model calls. */
export async function concludeDocumentsOfTrace(
  scope: ProjectScope,
  { traceId, range, spans, marks }: TraceOfDocuments,
  limits?: QueryLimits,
): Promise<ConclusionSentence | undefined> {
  const latestFirst = spans.toReversed();
  const searches = latestFirst.filter(({ documentCount }) => (documentCount ?? 0) > 0).slice(0, MAX_SEARCHES);
  if (searches.length === 0) return undefined;
  const calls = latestFirst.filter(({ kind }) => kind === 'llm').slice(0, MAX_CALLS);
  const ids = [...searches, ...calls].map(({ spanId }) => spanId);
  const contents = await readContents(scope, traceId, range, ids, limits);
  const contentsOf = (some: readonly { readonly spanId: string }[]) =>
    some.flatMap(({ spanId }) => contents.get(spanId) ?? []);
  return concludeDocuments(
    contentsOf(searches).map(({ spanId, name, startTime, content }) => ({
      spanId,
      name,
      startTime,
      documents: markUsedDocuments(content, spanId, marks).retrieval?.documents ?? [],
    })),
    contentsOf(calls).map(({ spanId, startTime, content }) => ({
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

/** The content of spans by their id. Spans without a payload, and large ones, are left out. */
async function readContents(
  scope: ProjectScope,
  traceId: string,
  range: SpanRange,
  spanIds: readonly string[],
  limits?: QueryLimits,
): Promise<ReadonlyMap<string, ReadSpan>> {
  const these = sql`trace_id = ${traceId} AND ${startsWithin(range)} AND span_id IN ${spanIds}`;
  const [facts, payloads] = await Promise.all([
    scope.query<FactsRow>(
      sql`
      SELECT trace_id AS traceId, span_id AS spanId, nullIf(parent_span_id, '') AS parentSpanId, name,
        otel_kind AS otelKind, toString(toUnixTimestamp64Nano(start)) AS startNs, toString(duration_ns) AS durationNs,
        status, nullIf(status_message, '') AS statusMessage
      FROM ${scope.spans}
      WHERE ${these}
      ORDER BY version DESC
      LIMIT 1 BY span_id`,
      limits,
    ),
    scope.query<PayloadRow & { readonly spanId: string }>(
      sql`
      SELECT span_id AS spanId, ${PAYLOAD_COLUMNS}
      FROM ${scope.payloads} AS payloads
      WHERE ${these} AND byteSize(payloads.input, payloads.output, attributes, events) <= ${MAX_SPAN_BYTES}
      ORDER BY version DESC
      LIMIT 1 BY span_id`,
      limits,
    ),
  ]);
  const factsOf = new Map(facts.map((row) => [row.spanId, row]));
  return new Map(
    payloads.flatMap((payload) => {
      const row = factsOf.get(payload.spanId);
      if (!row) return [];
      const read: ReadSpan = {
        spanId: row.spanId,
        name: row.name,
        startTime: isoTimestampOf(BigInt(row.startNs)),
        content: mapContent(rawSpanOfRows(row, payload)),
      };
      return [[row.spanId, read] as const];
    }),
  );
}

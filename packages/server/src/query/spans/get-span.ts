import {
  attributesToJson,
  type Document,
  type DocumentMark,
  mapContent,
  mapFacts,
  markUsedDocuments,
  type ProjectPrices,
  type RawSpan,
  type SpanContent,
} from '@throughline/spans';
import type { QueryLimits } from '../../clickhouse/engine.ts';
import { sql, time } from '../../clickhouse/sql.ts';
import type { SpanDetail, SpanSummary } from '../../contract/span.ts';
import { isoTimestampOf } from '../../contract/timestamps.ts';
import type { ProjectScope } from '../project-scope.ts';
import { scoresOfSpan } from '../scores/score-rows.ts';
import { calculationOfSpan } from './calculation-of-span.ts';
import { type FactsRow, type PayloadRow, rawSpanOfRows } from './raw-span-of-rows.ts';
import { SPAN_FACT_FIELDS } from './span-facts.ts';
import { readLogEvents, withLogEvents } from './span-logs.ts';
import { API_SETTINGS } from './span-summary.ts';
import { PAYLOAD_COLUMNS, readDocumentMarks } from './used-documents.ts';

/** The fields that a query returns in the format of the API. */
type Facts = Pick<
  SpanDetail,
  | keyof SpanSummary
  | 'traceId'
  | 'environment'
  | 'release'
  | 'feature'
  | 'userId'
  | 'sessionId'
  | 'tags'
  | 'operation'
  | 'requestModel'
  | 'responseId'
  | 'finishReasons'
  | 'workflowName'
  | 'promptName'
  | 'promptVersion'
  | 'inputCostUsd'
  | 'outputCostUsd'
  | 'costSource'
>;

interface Row extends Facts, Omit<FactsRow, keyof Facts> {
  /** Null in rows of earlier versions. */
  readonly storedTier: string | null;
  readonly tokenPairs: readonly (readonly [name: string, tokens: number])[];
  readonly costPairs: readonly (readonly [name: string, usd: number])[];
}

/**
 * Returns a span with all its data. Its content is derived from the stored attributes. Undefined if it does not exist.
 *
 * @param prices the prices that the project has set, for the calculation of the cost
 */
export async function getSpan(
  scope: ProjectScope,
  traceId: string,
  spanId: string,
  signal?: AbortSignal,
  prices?: ProjectPrices,
): Promise<SpanDetail | undefined> {
  const limits: QueryLimits = signal ? { signal } : {};
  const [row] = await scope.query<Row>(
    sql`
    SELECT ${SPAN_FACT_FIELDS},
      otel_kind AS otelKind,
      toString(toUnixTimestamp64Nano(start)) AS startNs,
      toString(duration_ns) AS durationNs,
      input_cost_usd AS inputCostUsd,
      output_cost_usd AS outputCostUsd,
      service_tier AS storedTier,
      arrayZip(mapKeys(token_details), mapValues(token_details)) AS tokenPairs,
      arrayZip(mapKeys(cost_details), mapValues(cost_details)) AS costPairs
    FROM ${scope.spans}
    WHERE trace_id = ${traceId} AND span_id = ${spanId}
    ORDER BY version DESC
    LIMIT 1
    ${API_SETTINGS}`,
    limits,
  );
  if (!row) return undefined;
  const { startNs, durationNs: _durationNs, tokenPairs, costPairs, otelKind, storedTier, ...facts } = row;
  const [[payload], logs, scores] = await Promise.all([
    readPayload(scope, row, limits),
    readLogEvents(scope, traceId, spanId, limits),
    scoresOfSpan(scope, traceId, spanId, limits),
  ]);
  const raw = withLogEvents(rawSpanOfRows(row, payload), logs);
  const content = mapContent(raw);
  // The span that marks documents as used is not the span that found them.
  const marks = content.retrieval ? await readDocumentMarks(scope, traceId, undefined, limits) : [];
  const costed = {
    ...facts,
    tokenDetails: numbersByName(tokenPairs),
    costDetails: numbersByName(costPairs),
    serviceTier: (storedTier ?? mapFacts(raw).serviceTier) || null,
  };
  const startMs = Number(BigInt(startNs) / 1_000_000n);
  return {
    ...costed,
    otelKind,
    costCalculation: calculationOfSpan(costed, startMs, prices),
    ...contentOf(markUsedDocuments(content, spanId, marks)),
    ...recordOf(raw),
    scores,
  };
}

/** Reads the payload. The start completes the primary key. */
function readPayload(
  scope: ProjectScope,
  { startNs, traceId, spanId }: Pick<Row, 'startNs' | 'traceId' | 'spanId'>,
  limits: QueryLimits,
): Promise<PayloadRow[]> {
  return scope.query<PayloadRow>(
    sql`
    SELECT ${PAYLOAD_COLUMNS}
    FROM ${scope.payloads} AS payloads
    WHERE start = ${time(BigInt(startNs))} AND trace_id = ${traceId} AND span_id = ${spanId}
    ORDER BY version DESC
    LIMIT 1`,
    limits,
  );
}

/** Creates an object without a prototype, because `__proto__` can be a name. */
function numbersByName(pairs: readonly (readonly [string, number])[]): Record<string, number> {
  const record: Record<string, number> = Object.create(null);
  for (const [name, value] of pairs) record[name] = value;
  return record;
}

/** Converts the content to the format of the API, in which absent values are null. */
function contentOf(content: SpanContent) {
  const { input, output, tool, embedding, retrieval, prompt } = content;
  return {
    input: input ? typedText(input) : null,
    output: output ? typedText(output) : null,
    inputMessages: copyOrNull(content.inputMessages),
    outputMessages: copyOrNull(content.outputMessages),
    toolDefinitions: copyOrNull(content.toolDefinitions),
    parameters: content.parameters ?? null,
    documents: retrieval?.documents ? retrieval.documents.map(document) : null,
    retrieval: retrieval
      ? {
          query: retrieval.query ?? null,
          topK: retrieval.topK ?? null,
          inputDocuments: retrieval.inputDocuments ? retrieval.inputDocuments.map(document) : null,
        }
      : null,
    usedDocuments: content.usedDocuments ? content.usedDocuments.map(documentMark) : null,
    embedding: embedding
      ? {
          texts: [...embedding.texts],
          dimensions: embedding.dimensions ?? null,
          count: embedding.count ?? null,
        }
      : null,
    tool: tool
      ? {
          name: tool.name ?? null,
          callId: tool.callId ?? null,
          description: tool.description ?? null,
          type: tool.type ?? null,
          arguments: tool.arguments ?? null,
          result: tool.result ?? null,
          schema: tool.schema ?? null,
        }
      : null,
    prompt: prompt
      ? {
          name: prompt.name ?? null,
          version: prompt.version ?? null,
          id: prompt.id ?? null,
          template: prompt.template ?? null,
          variables: prompt.variables ?? null,
        }
      : null,
    metadata: content.metadata ?? null,
  } satisfies Partial<SpanDetail>;
}

function typedText({ text, mimeType }: NonNullable<SpanContent['input']>) {
  return { text, mimeType: mimeType ?? null };
}

function document({ id, content, score, metadata, used }: Document) {
  return {
    id: id ?? null,
    content: content ?? null,
    score: score ?? null,
    metadata: metadata ?? null,
    used: used ?? false,
  };
}

function documentMark({ spanId, index, id }: DocumentMark) {
  return { spanId: spanId ?? null, index: index ?? null, id: id ?? null };
}

/** Copies a list, because its parts are readonly and those of the API's type are not. */
function copyOrNull<Item, Copy = Item>(items: readonly Item[] | undefined): Copy[] | null {
  return items ? ([...items] as unknown as Copy[]) : null;
}

/** The span with the fields of OpenTelemetry, as plain JSON. */
function recordOf(raw: RawSpan) {
  return {
    endTime: raw.endTimeUnixNano === 0n ? null : isoTimestampOf(raw.endTimeUnixNano),
    otelStatus: { code: raw.statusCode, message: raw.statusMessage },
    attributes: attributesToJson(raw.attributes),
    droppedAttributesCount: raw.droppedAttributesCount,
    events: raw.events.map((event) => ({
      name: event.name,
      time: isoTimestampOf(event.timeUnixNano),
      attributes: attributesToJson(event.attributes),
      droppedAttributesCount: event.droppedAttributesCount,
    })),
    droppedEventsCount: raw.droppedEventsCount,
    links: raw.links.map((link) => ({ ...link, attributes: attributesToJson(link.attributes) })),
    droppedLinksCount: raw.droppedLinksCount,
    resource: { ...raw.resource, attributes: attributesToJson(raw.resource.attributes) },
    scope: { ...raw.scope, attributes: attributesToJson(raw.scope.attributes) },
    traceState: raw.traceState,
    flags: raw.flags,
  };
}

import { attributesToJson, mapContent, type RawSpan, type SpanContent } from '@throughline/spans';
import type { SpanDetail } from '../api/schemas.ts';
import type { QueryLimits } from '../store/engine.ts';
import { sql, time } from '../store/sql.ts';
import { orNull, toNumber } from './numbers.ts';
import type { ProjectScope } from './project-scope.ts';
import { type FactsRow, type PayloadRow, rawSpanOfRows } from './raw-span-of-rows.ts';
import { SPAN_SUMMARY_COLUMNS, type SpanSummaryRow, toSpanSummary } from './span-summary.ts';
import { isoTimestampOf } from './timestamps.ts';

interface DetailRow extends SpanSummaryRow, Omit<FactsRow, keyof SpanSummaryRow> {
  readonly environment: string;
  readonly release: string;
  readonly feature: string;
  readonly user_id: string;
  readonly session_id: string;
  readonly tags: readonly string[];
  readonly operation: string;
  readonly request_model: string;
  readonly response_id: string;
  readonly finish_reasons: readonly string[];
  readonly workflow_name: string;
  readonly prompt_name: string;
  readonly prompt_version: string;
  readonly token_details: readonly (readonly [string, string])[];
  readonly input_cost_usd: string | null;
  readonly output_cost_usd: string | null;
  readonly cost_details: readonly (readonly [string, string])[];
  readonly cost_source: string;
}

/** Everything known of one span, its content derived from what arrived; undefined where there is none. */
export async function getSpan(
  scope: ProjectScope,
  traceId: string,
  spanId: string,
  signal?: AbortSignal,
): Promise<SpanDetail | undefined> {
  const limits: QueryLimits = signal ? { signal } : {};
  const [facts] = await scope.query<DetailRow>(
    sql`
    SELECT ${SPAN_SUMMARY_COLUMNS}, otel_kind, toUnixTimestamp64Nano(start) AS start_ns, environment, release, feature,
      user_id, session_id, tags, operation, request_model, response_id, finish_reasons, workflow_name, prompt_name,
      prompt_version, arrayZip(mapKeys(spans.token_details), mapValues(spans.token_details)) AS token_details,
      input_cost_usd, output_cost_usd,
      arrayZip(mapKeys(spans.cost_details), mapValues(spans.cost_details)) AS cost_details, cost_source
    FROM ${scope.spans} AS spans
    WHERE trace_id = ${traceId} AND span_id = ${spanId}
    ORDER BY version DESC
    LIMIT 1`,
    limits,
  );
  if (!facts) return undefined;
  // The start completes the primary key.
  const [payload] = await scope.query<PayloadRow>(
    sql`
    SELECT arrayZip(mapKeys(payloads.input), mapValues(payloads.input)) AS input,
      arrayZip(mapKeys(payloads.output), mapValues(payloads.output)) AS output,
      attributes, events, links, resource, scope, trace_state, flags, dropped_attributes_count, dropped_events_count,
      dropped_links_count
    FROM ${scope.payloads} AS payloads
    WHERE start = ${time(BigInt(facts.start_ns))} AND trace_id = ${traceId} AND span_id = ${spanId}
    ORDER BY version DESC
    LIMIT 1`,
    limits,
  );
  const raw = rawSpanOfRows(facts, payload);
  return { ...toSpanSummary(facts), ...factsOf(facts), ...contentOf(mapContent(raw)), ...recordOf(raw) };
}

function factsOf(row: DetailRow) {
  return {
    traceId: row.trace_id,
    otelKind: row.otel_kind,
    endTime: row.duration_ns === null ? null : isoTimestampOf(BigInt(row.start_ns) + BigInt(row.duration_ns)),
    environment: orNull(row.environment),
    release: orNull(row.release),
    feature: orNull(row.feature),
    userId: orNull(row.user_id),
    sessionId: orNull(row.session_id),
    tags: [...row.tags],
    operation: orNull(row.operation),
    requestModel: orNull(row.request_model),
    responseId: orNull(row.response_id),
    finishReasons: [...row.finish_reasons],
    workflowName: orNull(row.workflow_name),
    promptName: orNull(row.prompt_name),
    promptVersion: orNull(row.prompt_version),
    tokenDetails: numbersByName(row.token_details),
    inputCostUsd: toNumber(row.input_cost_usd),
    outputCostUsd: toNumber(row.output_cost_usd),
    costDetails: numbersByName(row.cost_details),
    costSource: orNull(row.cost_source),
  };
}

/** Without a prototype: `__proto__` is a name like any other. */
function numbersByName(pairs: readonly (readonly [string, string])[]): Record<string, number> {
  const record: Record<string, number> = Object.create(null);
  for (const [name, value] of pairs) record[name] = Number(value);
  return record;
}

/** Absent is null in the API. */
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

function document({
  id,
  content,
  score,
  metadata,
}: NonNullable<NonNullable<SpanContent['retrieval']>['documents']>[number]) {
  return { id: id ?? null, content: content ?? null, score: score ?? null, metadata: metadata ?? null };
}

/** Messages have readonly parts, the API's type has not; JSON does not care. */
function copyOrNull<Item, Copy = Item>(items: readonly Item[] | undefined): Copy[] | null {
  return items ? ([...items] as unknown as Copy[]) : null;
}

/** The record as OpenTelemetry carries it, as plain JSON. */
function recordOf(raw: RawSpan) {
  return {
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

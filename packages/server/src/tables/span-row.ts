import { COUNTED_KINDS, MAPPER_VERSION, type RawSpan, type SpanFacts } from '@throughline/spans';
import { columnsOf, structureOf } from './row-binary/columns.ts';

/** The data of one row of `spans`. */
export interface SpanRow {
  readonly project: string;
  readonly raw: RawSpan;
  readonly facts: SpanFacts;
  /** Alternating keys and values. */
  readonly shortAttributes: readonly string[];
  /** Time of receipt in nanoseconds since 1970. */
  readonly version: bigint;
}

const { text, label, labels, textMap, countMap, moneyMap, count, smallCount, money, ...other } =
  columnsOf<SpanRow>();
const { nullableLabel, nullableUInt64, uint16, uint64, bool, time } = other;

/** The columns of `spans` in the order of the schema, which a test compares. */
export const SPAN_COLUMNS = [
  label('project', (row) => row.project),
  text('trace_id', (row) => row.raw.traceId),
  text('span_id', (row) => row.raw.spanId),
  text('parent_span_id', (row) => row.raw.parentSpanId),
  label('name', (row) => row.facts.name),
  label('kind', (row) => row.facts.kind),
  label('otel_kind', (row) => row.raw.otelKind),
  time('start', (row) => row.raw.startTimeUnixNano),
  nullableUInt64('duration_ns', (row) => durationNs(row.raw)),
  label('status', (row) => row.facts.status),
  text('status_message', (row) => row.facts.statusMessage),
  label('error_type', (row) => row.facts.errorType),
  label('service', (row) => row.facts.service),
  label('environment', (row) => row.facts.environment),
  label('release', (row) => row.facts.release),
  label('feature', (row) => row.facts.feature),
  text('user_id', (row) => row.facts.userId),
  text('session_id', (row) => row.facts.sessionId),
  labels('tags', (row) => row.facts.tags),
  label('provider', (row) => row.facts.provider),
  label('model', (row) => row.facts.model),
  label('request_model', (row) => row.facts.requestModel),
  text('response_id', (row) => row.facts.responseId),
  label('operation', (row) => row.facts.operation),
  labels('finish_reasons', (row) => row.facts.finishReasons),
  nullableLabel('service_tier', (row) => row.facts.serviceTier ?? ''),
  count('input_tokens', (row) => row.facts.usage?.inputTokens),
  count('output_tokens', (row) => row.facts.usage?.outputTokens),
  count('cache_read_tokens', (row) => row.facts.usage?.cacheReadTokens),
  count('cache_write_tokens', (row) => row.facts.usage?.cacheWriteTokens),
  count('reasoning_tokens', (row) => row.facts.usage?.reasoningTokens),
  countMap('token_details', tokenDetails),
  money('cost_usd', (row) => row.facts.cost?.usd),
  money('input_cost_usd', (row) => row.facts.cost?.inputUsd),
  money('output_cost_usd', (row) => row.facts.cost?.outputUsd),
  moneyMap('cost_details', (row) => row.facts.cost?.byClass),
  label('cost_source', (row) => row.facts.cost?.source),
  count('ttft_ns', (row) => (row.facts.ttftMs === undefined ? undefined : row.facts.ttftMs * 1e6)),
  label('tool_name', (row) => row.facts.toolName),
  label('agent_name', (row) => row.facts.agentName),
  label('workflow_name', (row) => row.facts.workflowName),
  label('prompt_name', (row) => row.facts.promptName),
  label('prompt_version', (row) => row.facts.promptVersion),
  smallCount('document_count', (row) => row.facts.documentCount),
  smallCount('input_document_count', (row) => row.facts.inputDocumentCount),
  textMap('attributes', (row) => row.shortAttributes),
  uint16('mapper_version', () => MAPPER_VERSION),
  nullableLabel('scope', (row) => row.raw.scope.name),
  // The settler changes it if another span describes the same call.
  bool('counted', (row) => COUNTED_KINDS.has(row.facts.kind)),
  uint64('version', (row) => row.version),
];

export const SPAN_STRUCTURE = structureOf(SPAN_COLUMNS);

/** Undefined while the span is running; 0 if it ends before its start. */
function durationNs(raw: RawSpan): bigint | undefined {
  if (raw.endTimeUnixNano === 0n) return undefined;
  return raw.endTimeUnixNano > raw.startTimeUnixNano ? raw.endTimeUnixNano - raw.startTimeUnixNano : 0n;
}

function tokenDetails({ facts: { usage } }: SpanRow): Readonly<Record<string, number>> | undefined {
  if (usage === undefined) return undefined;
  const { audioInputTokens, audioOutputTokens, details } = usage;
  if (audioInputTokens === undefined && audioOutputTokens === undefined) return details;
  return {
    ...(audioInputTokens === undefined ? {} : { audio_input: audioInputTokens }),
    ...(audioOutputTokens === undefined ? {} : { audio_output: audioOutputTokens }),
    ...details,
  };
}

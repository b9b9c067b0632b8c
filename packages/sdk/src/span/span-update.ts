import type { Attributes, AttributeValue, Span as OtelSpan } from '@opentelemetry/api';
import type { Document, Message, MessagePart, Usage } from '@throughline/spans';
import { type InfoSource, masked, setContent } from '../content/capture.ts';
import type { CaptureConfig } from '../core/config.ts';
import type { TraceContext } from '../core/scope.ts';
import { KEYS } from '../core/semconv.ts';
import { documentsOf } from './documents.ts';

/** A value, or a function that returns it and is called only if the value is recorded. */
export type OrThunk<T> = T | (() => T);

/**
 * Fields of a span that you can set at its start or at any time before its end. All are optional; a later value replaces
 * an earlier one, except that tags and metadata are added.
 */
export interface SpanUpdate extends TraceContext {
  readonly name?: string | undefined;
  /** Input of the step, any value. */
  readonly input?: unknown;
  /** Output of the step, any value. */
  readonly output?: unknown;
  readonly inputMessages?: OrThunk<readonly Message[]> | undefined;
  readonly outputMessages?: OrThunk<readonly Message[]> | undefined;
  readonly systemInstructions?: OrThunk<readonly MessagePart[]> | undefined;
  /** Tools that the model can call, as JSON Schema. */
  readonly toolDefinitions?: OrThunk<readonly unknown[]> | undefined;

  /** Model provider, e.g. `openai`, `anthropic` or `aws.bedrock`. */
  readonly provider?: string | undefined;
  /** Model named in the request. */
  readonly model?: string | undefined;
  /** Model that generated the response. */
  readonly responseModel?: string | undefined;
  readonly responseId?: string | undefined;
  readonly finishReasons?: readonly string[] | undefined;
  /** Request parameters such as `temperature`, by their name in `gen_ai.request.*`. */
  readonly parameters?: Readonly<Record<string, AttributeValue | undefined>> | undefined;
  /** Token counts. Input tokens include cached tokens, output tokens include reasoning tokens. */
  readonly usage?: Usage | undefined;
  /** Cost in US dollars, if the provider reports it. Default: the server calculates it from the usage. */
  readonly costUsd?: number | undefined;

  readonly toolName?: string | undefined;
  readonly toolDescription?: string | undefined;
  readonly toolCallId?: string | undefined;
  readonly toolArguments?: unknown;
  readonly toolResult?: unknown;
  readonly agentName?: string | undefined;

  readonly query?: string | undefined;
  readonly topK?: number | undefined;
  /** Documents that a retriever found or a reranker returned, best first. */
  readonly documents?:
    | OrThunk<readonly (Document | Readonly<Record<string, unknown>> | string)[]>
    | undefined;
  /** Documents passed to a reranker. */
  readonly inputDocuments?:
    | OrThunk<readonly (Document | Readonly<Record<string, unknown>> | string)[]>
    | undefined;
  /** Length of an embedding vector. */
  readonly dimensions?: number | undefined;

  readonly promptName?: string | undefined;
  readonly promptVersion?: string | undefined;
  /** Prompt text with placeholders. */
  readonly promptTemplate?: string | undefined;
  /** Values of the placeholders, by name. */
  readonly promptVariables?: OrThunk<Readonly<Record<string, unknown>>> | undefined;

  /** Further attributes. Strings are masked; other values are recorded unchanged. */
  readonly attributes?: Attributes | undefined;
}

/** How one field of an update is written. */
type Row =
  | { readonly key: string; readonly direction: 'plain' }
  | {
      readonly key: string;
      readonly direction: 'input' | 'output';
      readonly convert?: (value: unknown) => unknown;
    };

type Field = Exclude<keyof SpanUpdate, keyof TraceContext | 'name' | 'attributes' | 'usage' | 'parameters'>;

/** Has no prototype, so that looking up an unknown field such as `constructor` returns undefined. */
const FIELDS: Readonly<Record<string, Row | undefined>> = Object.assign(Object.create(null), {
  input: { key: KEYS.input, direction: 'input' },
  output: { key: KEYS.output, direction: 'output' },
  inputMessages: { key: KEYS.inputMessages, direction: 'input' },
  outputMessages: { key: KEYS.outputMessages, direction: 'output' },
  systemInstructions: { key: KEYS.systemInstructions, direction: 'input' },
  toolDefinitions: { key: KEYS.toolDefinitions, direction: 'input' },
  provider: { key: KEYS.provider, direction: 'plain' },
  model: { key: KEYS.requestModel, direction: 'plain' },
  responseModel: { key: KEYS.responseModel, direction: 'plain' },
  responseId: { key: KEYS.responseId, direction: 'plain' },
  finishReasons: { key: KEYS.finishReasons, direction: 'plain' },
  costUsd: { key: KEYS.costUsd, direction: 'plain' },
  toolName: { key: KEYS.toolName, direction: 'plain' },
  toolDescription: { key: KEYS.toolDescription, direction: 'plain' },
  toolCallId: { key: KEYS.toolCallId, direction: 'plain' },
  toolArguments: { key: KEYS.toolArguments, direction: 'input' },
  toolResult: { key: KEYS.toolResult, direction: 'output' },
  agentName: { key: KEYS.agentName, direction: 'plain' },
  query: { key: KEYS.query, direction: 'input' },
  topK: { key: KEYS.topK, direction: 'plain' },
  documents: { key: KEYS.documents, direction: 'output', convert: documentsOf },
  inputDocuments: { key: KEYS.inputDocuments, direction: 'input', convert: documentsOf },
  dimensions: { key: KEYS.dimensions, direction: 'plain' },
  promptName: { key: KEYS.promptName, direction: 'plain' },
  promptVersion: { key: KEYS.promptVersion, direction: 'plain' },
  promptTemplate: { key: KEYS.promptTemplate, direction: 'input' },
  promptVariables: { key: KEYS.promptVariables, direction: 'input' },
} satisfies Record<Field, Row>);

/** Has no prototype, as above. */
const USAGE_KEYS: Readonly<Record<string, string | undefined>> = Object.assign(Object.create(null), {
  inputTokens: KEYS.inputTokens,
  outputTokens: KEYS.outputTokens,
  cacheReadTokens: KEYS.cacheReadTokens,
  cacheWriteTokens: KEYS.cacheWriteTokens,
  reasoningTokens: KEYS.reasoningTokens,
  audioInputTokens: KEYS.audioInputTokens,
  audioOutputTokens: KEYS.audioOutputTokens,
} satisfies Record<Exclude<keyof Usage, 'details'>, string>);

/** Writes all fields of an update except the name and the context values, which the span keeps itself. */
export function writeUpdate(
  otel: OtelSpan,
  update: SpanUpdate,
  config: CaptureConfig,
  source: InfoSource,
): void {
  for (const field in update) {
    const row = FIELDS[field];
    if (row === undefined) continue;
    const value = update[field as Field];
    if (value === undefined || value === null) continue;
    if (row.direction === 'plain') otel.setAttribute(row.key, value as AttributeValue);
    else if (row.convert === undefined) setContent(otel, row.key, row.direction, value, config, source);
    else writeConverted(otel, row.key, row.direction, value, row.convert, config, source);
  }
  if (update.usage !== undefined) writeUsage(otel, update.usage);
  if (update.parameters !== undefined) {
    for (const name in update.parameters) {
      const value = update.parameters[name];
      if (value !== undefined && value !== null) otel.setAttribute(parameterKey(name), value);
    }
  }
  if (update.attributes !== undefined) writeOwn(otel, update.attributes, config, source);
}

const parameterKeys = new Map<string, string>();
const MAX_PARAMETER_KEYS = 200;
const MAX_PARAMETER_LENGTH = 64;

/** Caches the keys, because a newly concatenated string must be hashed again on each use. */
function parameterKey(name: string): string {
  const known = parameterKeys.get(name);
  if (known !== undefined) return known;
  const key = `gen_ai.request.${name}`;
  if (parameterKeys.size < MAX_PARAMETER_KEYS && name.length <= MAX_PARAMETER_LENGTH)
    parameterKeys.set(name, key);
  return key;
}

function writeConverted(
  otel: OtelSpan,
  key: string,
  direction: 'input' | 'output',
  value: unknown,
  convert: (value: unknown) => unknown,
  config: CaptureConfig,
  source: InfoSource,
): void {
  setContent(
    otel,
    key,
    direction,
    () => convert(typeof value === 'function' ? value() : value),
    config,
    source,
  );
}

export function writeUsage(otel: OtelSpan, usage: Usage): void {
  for (const name in usage) {
    const key = USAGE_KEYS[name];
    const tokens = usage[name as keyof Usage];
    if (key !== undefined && isCount(tokens)) otel.setAttribute(key, tokens);
  }
  if (usage.details === undefined) return;
  for (const [name, tokens] of Object.entries(usage.details)) {
    if (isCount(tokens)) otel.setAttribute(`gen_ai.usage.details.${name}`, tokens);
  }
}

/** Writes custom attributes and masks their strings. */
function writeOwn(otel: OtelSpan, attributes: Attributes, config: CaptureConfig, source: InfoSource): void {
  for (const [key, value] of Object.entries(attributes)) {
    if (value === undefined) continue;
    otel.setAttribute(key, typeof value === 'string' ? masked(value, key, config, source.info()) : value);
  }
}

function isCount(value: unknown): value is number {
  return typeof value === 'number' && Number.isFinite(value) && value >= 0;
}

import type { Attributes, AttributeValue, Span as OtelSpan } from '@opentelemetry/api';
import type { Document, Message, MessagePart, Usage } from '@throughline/spans';
import { type InfoSource, masked, setContent } from '../content/capture.ts';
import type { CaptureConfig } from '../core/config.ts';
import type { TraceContext } from '../core/scope.ts';
import { KEYS } from '../core/semconv.ts';
import { documentsOf } from './documents.ts';

/** A value, or a function that makes it and is called only if it is recorded. */
export type OrThunk<T> = T | (() => T);

/** What can be said about a span, at its start or at any time before its end. All optional; later words replace earlier ones. */
export interface SpanUpdate extends TraceContext {
  readonly name?: string | undefined;
  /** What went in, any value. */
  readonly input?: unknown;
  /** What came out, any value. */
  readonly output?: unknown;
  readonly inputMessages?: OrThunk<readonly Message[]> | undefined;
  readonly outputMessages?: OrThunk<readonly Message[]> | undefined;
  readonly systemInstructions?: OrThunk<readonly MessagePart[]> | undefined;
  /** Tools that the model could call, by JSON Schema. */
  readonly toolDefinitions?: OrThunk<readonly unknown[]> | undefined;

  /** `openai`, `anthropic`, `aws.bedrock` … */
  readonly provider?: string | undefined;
  /** The model that was asked for. */
  readonly model?: string | undefined;
  /** The model that answered. */
  readonly responseModel?: string | undefined;
  readonly responseId?: string | undefined;
  readonly finishReasons?: readonly string[] | undefined;
  /** Temperature and its like, by their names in `gen_ai.request.*`. */
  readonly parameters?: Readonly<Record<string, AttributeValue | undefined>> | undefined;
  /** Tokens; totals hold cached and reasoning tokens. */
  readonly usage?: Usage | undefined;
  /** US dollars, where the provider told; else the server works it out from the usage. */
  readonly costUsd?: number | undefined;

  readonly toolName?: string | undefined;
  readonly toolDescription?: string | undefined;
  readonly toolCallId?: string | undefined;
  readonly toolArguments?: unknown;
  readonly toolResult?: unknown;
  readonly agentName?: string | undefined;

  readonly query?: string | undefined;
  readonly topK?: number | undefined;
  /** What a retriever found or a reranker kept, best first. */
  readonly documents?:
    | OrThunk<readonly (Document | Readonly<Record<string, unknown>> | string)[]>
    | undefined;
  /** What went into a reranker. */
  readonly inputDocuments?:
    | OrThunk<readonly (Document | Readonly<Record<string, unknown>> | string)[]>
    | undefined;
  /** Length of one embedding vector. */
  readonly dimensions?: number | undefined;

  readonly promptName?: string | undefined;
  readonly promptVersion?: string | undefined;
  /** The text with its gaps. */
  readonly promptTemplate?: string | undefined;
  /** What the gaps were filled with, by name. */
  readonly promptVariables?: OrThunk<Readonly<Record<string, unknown>>> | undefined;

  /** Further attributes, as they are. */
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

/** Without a prototype, so that a field is looked up by one access whatever it is called. */
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

/** Without a prototype, as above. */
const USAGE_KEYS: Readonly<Record<string, string | undefined>> = Object.assign(Object.create(null), {
  inputTokens: KEYS.inputTokens,
  outputTokens: KEYS.outputTokens,
  cacheReadTokens: KEYS.cacheReadTokens,
  cacheWriteTokens: KEYS.cacheWriteTokens,
  reasoningTokens: KEYS.reasoningTokens,
  audioInputTokens: KEYS.audioInputTokens,
  audioOutputTokens: KEYS.audioOutputTokens,
} satisfies Record<Exclude<keyof Usage, 'details'>, string>);

/** Writes all of an update but the name and the context values, which the span itself must know about. */
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

/** Made once per name: a key that is put together anew has to be hashed anew each time. */
function parameterKey(name: string): string {
  const known = parameterKeys.get(name);
  if (known !== undefined) return known;
  const key = `gen_ai.request.${name}`;
  if (parameterKeys.size < MAX_PARAMETER_KEYS) parameterKeys.set(name, key);
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

/** Attributes of the application's own: their texts are masked. */
function writeOwn(otel: OtelSpan, attributes: Attributes, config: CaptureConfig, source: InfoSource): void {
  for (const [key, value] of Object.entries(attributes)) {
    if (value === undefined) continue;
    otel.setAttribute(key, typeof value === 'string' ? masked(value, key, config, source.info()) : value);
  }
}

function isCount(value: unknown): value is number {
  return typeof value === 'number' && Number.isFinite(value) && value >= 0;
}

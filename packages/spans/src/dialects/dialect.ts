import type { Read } from '../attributes/attribute-readers.ts';
import type { Document, DocumentMark, EmbeddingContent, TypedText } from '../model/content.ts';
import type { SpanKind } from '../model/kind.ts';
import type { Message, MessagePart } from '../model/messages.ts';
import type { SpanFacts } from '../model/span.ts';

/** Whether the source's count of input tokens holds the cached ones. */
export type CachedTokens = 'inside' | 'outside';

export type TokenField =
  | 'inputTokens'
  | 'outputTokens'
  | 'cacheReadTokens'
  | 'cacheWriteTokens'
  | 'reasoningTokens'
  | 'audioInputTokens'
  | 'audioOutputTokens';

export interface DialectUsage {
  readonly cachedTokens: CachedTokens | Read<CachedTokens>;
  readonly tokens: { readonly [F in TokenField]?: Read<number> };
  readonly totalTokens?: Read<number>;
  /** Rarer classes by the name they get in `Usage.details`. */
  readonly details?: Readonly<Record<string, Read<number>>>;
}

/** US dollars as the client or the provider reported them. */
export interface ReportedCost {
  readonly usd: number;
  readonly inputUsd?: number;
  readonly outputUsd?: number;
  readonly byClass?: Readonly<Record<string, number>>;
}

/** Facts that stand in an attribute. Kind, status, usage, cost and `model` are worked out from several. */
type FactField = Exclude<keyof SpanFacts, 'kind' | 'status' | 'statusMessage' | 'usage' | 'cost' | 'model'>;

export type FactReaders = { readonly [F in FactField]?: Read<NonNullable<SpanFacts[F]>> };

/** The fields of `SpanContent`, its nested records flattened, each with its own fallback. */
export interface ContentFields {
  input: TypedText;
  output: TypedText;
  systemInstructions: readonly MessagePart[];
  inputMessages: readonly Message[];
  outputMessages: readonly Message[];
  toolDefinitions: readonly unknown[];
  /** Merged key by key over the dialects, the first wins. */
  parameters: Readonly<Record<string, unknown>>;
  metadata: Readonly<Record<string, unknown>>;
  toolName: string;
  toolCallId: string;
  toolDescription: string;
  toolType: string;
  toolArguments: unknown;
  toolResult: unknown;
  toolSchema: unknown;
  embedding: EmbeddingContent;
  query: string;
  topK: number;
  inputDocuments: readonly Document[];
  documents: readonly Document[];
  usedDocuments: readonly DocumentMark[];
  promptName: string;
  promptVersion: string;
  promptId: string;
  promptTemplate: string;
  promptVariables: unknown;
}

export type ContentReaders = { readonly [F in keyof ContentFields]?: Read<ContentFields[F]> };

/** Attributes whose text says what went in or came out. */
export interface TextKeys {
  readonly keys?: readonly string[];
  /** All keys that start so. */
  readonly prefixes?: readonly string[];
  /**
   * Flattened lists: of the keys that start so those whose last segment names a text. Of `llm.input_messages.` the
   * key `….0.message.content` is one, `….0.message.role` is not.
   */
  readonly lists?: readonly string[];
}

/**
 * One vocabulary of attributes: tables of readers, no code that knows another dialect.
 * All are optional; a reader answers only for what its vocabulary really says.
 */
export interface Dialect {
  readonly name: string;
  /** What the span says that it is. Asked of all dialects before any is asked what it implies. */
  readonly kind?: Read<SpanKind>;
  /** What the presence of attributes implies where nothing says it. */
  readonly impliedKind?: Read<SpanKind>;
  readonly facts?: FactReaders;
  readonly usage?: DialectUsage;
  readonly cost?: Read<ReportedCost>;
  readonly content?: ContentReaders;
  readonly inputText?: TextKeys;
  readonly outputText?: TextKeys;
}

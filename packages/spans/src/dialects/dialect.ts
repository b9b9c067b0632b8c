import type { Read } from '../attributes/attribute-readers.ts';
import type { Document, DocumentMark, EmbeddingContent, TypedText } from '../model/content.ts';
import type { SpanKind } from '../model/kind.ts';
import type { Message, MessagePart } from '../model/messages.ts';
import type { StatusCode } from '../model/raw-span.ts';
import type { SpanFacts } from '../model/span.ts';

/** Whether the source's input tokens include the cached tokens. */
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
  /** Other token classes, by their name in `Usage.details`. */
  readonly details?: Readonly<Record<string, Read<number>>>;
}

/** Cost in US dollars, as reported by the client or the provider. */
export interface ReportedCost {
  readonly usd: number;
  readonly inputUsd?: number;
  readonly outputUsd?: number;
  readonly byClass?: Readonly<Record<string, number>>;
}

/** Facts that are read from one attribute. Kind, status, usage, cost and `model` are derived from several. */
type FactField = Exclude<keyof SpanFacts, 'kind' | 'status' | 'usage' | 'cost' | 'model'>;

export type FactReaders = { readonly [F in FactField]?: Read<NonNullable<SpanFacts[F]>> };

/** The fields of `SpanContent` without nesting, so that each field can come from another dialect. */
export interface ContentFields {
  input: TypedText;
  output: TypedText;
  systemInstructions: readonly MessagePart[];
  inputMessages: readonly Message[];
  outputMessages: readonly Message[];
  toolDefinitions: readonly unknown[];
  /** Merged by key over all dialects. The first dialect wins. */
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

/** Attributes that contain input or output text. */
export interface TextKeys {
  readonly keys?: readonly string[];
  /** Prefixes of keys that are all texts. */
  readonly prefixes?: readonly string[];
  /**
   * Prefixes of flattened lists. Only keys whose last segment names a text count: with `llm.input_messages.`, the key
   * `….0.message.content` is a text, but `….0.message.role` is not.
   */
  readonly lists?: readonly string[];
}

export interface IdentifierKeys {
  readonly keys?: readonly string[];
  /** Ends of keys in flattened lists: `.tool_call.id`. */
  readonly suffixes?: readonly string[];
}

/**
 * One attribute vocabulary, as tables of readers. A dialect must not refer to another dialect. All fields are optional; a
 * reader must return a value only if its vocabulary defines it.
 */
export interface Dialect {
  readonly name: string;
  /** Name of the vocabulary in the documentation: `OpenInference`. */
  readonly title: string;
  /** What writes the vocabulary, for the documentation. */
  readonly describes: string;
  /**
   * Attributes whose values are identifiers: names of models and providers, and ids that join records. Programs read
   * them, so redaction never changes them. Ids of users and sessions are not identifiers, because they may be addresses.
   */
  readonly identifiers?: IdentifierKeys;
  /** Reads the explicit kind of a span. Explicit kinds of all dialects take precedence over implied ones. */
  readonly kind?: Read<SpanKind>;
  /** Derives the kind from the presence of attributes, if no dialect has an explicit one. */
  readonly impliedKind?: Read<SpanKind>;
  /** Reads a status that attributes state and that takes precedence over the status of the span. */
  readonly status?: Read<StatusCode>;
  readonly facts?: FactReaders;
  readonly usage?: DialectUsage;
  readonly cost?: Read<ReportedCost>;
  readonly content?: ContentReaders;
  readonly inputText?: TextKeys;
  readonly outputText?: TextKeys;
}

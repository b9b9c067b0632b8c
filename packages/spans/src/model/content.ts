import type { Message } from './messages.ts';

/** A text and its type. `mimeType` is `application/json` or `text/plain` where the source said or the text shows it. */
export interface TypedText {
  readonly text: string;
  readonly mimeType?: string;
}

export interface Document {
  readonly id?: string;
  readonly content?: string;
  readonly score?: number;
  /** Parsed where it was JSON. */
  readonly metadata?: unknown;
  /** A span said that its answer was made from this one; absent where none said so. */
  readonly used?: true;
}

/** A document that an answer was made from, named by its position, by its id, or by both. */
export interface DocumentMark {
  /** The retriever or reranker that returned it, and its index among the documents there, from 0. */
  readonly spanId?: string;
  readonly index?: number;
  readonly id?: string;
}

export interface ToolContent {
  readonly name?: string;
  readonly callId?: string;
  readonly description?: string;
  readonly type?: string;
  /** Parsed where they were JSON. */
  readonly arguments?: unknown;
  readonly result?: unknown;
  /** JSON Schema of the parameters. */
  readonly schema?: unknown;
}

export interface EmbeddingContent {
  /** The texts that were embedded. */
  readonly texts: readonly string[];
  /** Length of one vector. Vectors themselves stay in the attributes. */
  readonly dimensions?: number;
  /** How many vectors came back. */
  readonly count?: number;
}

export interface RetrievalContent {
  readonly query?: string;
  readonly topK?: number;
  /** What went into a reranker, in its order. */
  readonly inputDocuments?: readonly Document[];
  /** What a retriever found or a reranker kept, best first as sent. */
  readonly documents?: readonly Document[];
}

export interface PromptContent {
  readonly name?: string;
  readonly version?: string;
  readonly id?: string;
  readonly template?: string;
  readonly variables?: unknown;
}

/** What went in and out of one span. Derived from its attributes and events whenever it is read. */
export interface SpanContent {
  readonly input?: TypedText;
  readonly output?: TypedText;
  /** System instructions come first, as a message with role `system`. */
  readonly inputMessages?: readonly Message[];
  readonly outputMessages?: readonly Message[];
  /** JSON Schema definitions of the tools that the model could call. */
  readonly toolDefinitions?: readonly unknown[];
  /** Temperature and its like, by the names of `gen_ai.request.*` without the prefix where there is one. */
  readonly parameters?: Readonly<Record<string, unknown>>;
  readonly tool?: ToolContent;
  readonly embedding?: EmbeddingContent;
  readonly retrieval?: RetrievalContent;
  /** Documents, mostly of other spans, that this one says its answer was made from. */
  readonly usedDocuments?: readonly DocumentMark[];
  readonly prompt?: PromptContent;
  /** Free metadata given by the application (`metadata`, `*.metadata.*`). */
  readonly metadata?: Readonly<Record<string, unknown>>;
}

import type { Message } from './messages.ts';

/** A text and its type. `mimeType` comes from the source or, for JSON, from the text. Undefined if it is unknown. */
export interface TypedText {
  readonly text: string;
  readonly mimeType?: string;
}

/** A document that a retriever or reranker returned or received. */
export interface Document {
  readonly id?: string;
  readonly content?: string;
  readonly score?: number;
  /** Parsed if it was JSON. */
  readonly metadata?: unknown;
  /** Set if a span reported that its answer uses this document. */
  readonly used?: true;
}

/** A reference to a document that an answer uses, by position, by id, or both. */
export interface DocumentMark {
  /** Span of the retriever or reranker that returned the document. `index` is its index there, from 0. */
  readonly spanId?: string;
  readonly index?: number;
  readonly id?: string;
}

/** A tool call, its result and the definition of the tool. */
export interface ToolContent {
  readonly name?: string;
  readonly callId?: string;
  readonly description?: string;
  readonly type?: string;
  /** Parsed if they were JSON. */
  readonly arguments?: unknown;
  readonly result?: unknown;
  /** JSON Schema of the parameters. */
  readonly schema?: unknown;
}

/** Input and output of an embedding call. */
export interface EmbeddingContent {
  /** The embedded texts. */
  readonly texts: readonly string[];
  /** Length of a vector. The vectors themselves stay in the attributes. */
  readonly dimensions?: number;
  /** Number of returned vectors. */
  readonly count?: number;
}

/** Query and documents of a retriever or reranker. */
export interface RetrievalContent {
  readonly query?: string;
  readonly topK?: number;
  /** Input documents of a reranker, in their order. */
  readonly inputDocuments?: readonly Document[];
  /** Documents that a retriever or reranker returned, in the order in which they were sent, usually best first. */
  readonly documents?: readonly Document[];
}

/** The managed prompt that a span used, with the values of its placeholders. */
export interface PromptContent {
  readonly name?: string;
  readonly version?: string;
  readonly id?: string;
  readonly template?: string;
  readonly variables?: unknown;
}

/** Input and output of one span. Derived from its attributes and events each time it is read. */
export interface SpanContent {
  readonly input?: TypedText;
  readonly output?: TypedText;
  /** System instructions come first, as a message with role `system`. */
  readonly inputMessages?: readonly Message[];
  readonly outputMessages?: readonly Message[];
  /** JSON Schema definitions of the tools that the model can call. */
  readonly toolDefinitions?: readonly unknown[];
  /** Request parameters such as the temperature, by their name in `gen_ai.request.*` if there is one. */
  readonly parameters?: Readonly<Record<string, unknown>>;
  readonly tool?: ToolContent;
  readonly embedding?: EmbeddingContent;
  readonly retrieval?: RetrievalContent;
  /** Documents, mostly of other spans, that the answer of this span uses. */
  readonly usedDocuments?: readonly DocumentMark[];
  readonly prompt?: PromptContent;
  /** Metadata that the application sets (`metadata`, `*.metadata.*`). */
  readonly metadata?: Readonly<Record<string, unknown>>;
}

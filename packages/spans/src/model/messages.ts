/**
 * Chat messages in the format of OpenTelemetry's `gen_ai.input.messages` and `gen_ai.output.messages`. Keys are snake
 * case, as in the convention. Objects may contain further keys, which are kept.
 */

/** The kind of media in a part. Vendors can use other values. */
export type Modality = 'image' | 'video' | 'audio' | 'document' | (string & {});

/** Text of a message. */
export interface TextPart {
  readonly type: 'text';
  readonly content: string;
}
/** Reasoning that the model returned in addition to its answer. */
export interface ReasoningPart {
  readonly type: 'reasoning';
  readonly content: string;
}
/** A tool call that the model requested. */
export interface ToolCallPart {
  readonly type: 'tool_call';
  readonly id?: string | null;
  readonly name: string;
  /** Parsed if it was JSON, otherwise the original string. */
  readonly arguments?: unknown;
}
/** The result of a tool call. */
export interface ToolCallResponsePart {
  readonly type: 'tool_call_response';
  readonly id?: string | null;
  readonly response?: unknown;
}
/** Media inside the message. */
export interface BlobPart {
  readonly type: 'blob';
  readonly modality: Modality;
  readonly mime_type?: string | null;
  /** The data as base64. */
  readonly content: string;
  readonly transcript?: string;
}
/** Media that was uploaded to the provider before. */
export interface FilePart {
  readonly type: 'file';
  readonly modality: Modality;
  readonly mime_type?: string | null;
  readonly file_id: string;
}
/** Media at an address. */
export interface UriPart {
  readonly type: 'uri';
  readonly modality: Modality;
  readonly mime_type?: string | null;
  readonly uri: string;
}
/** A part of any other type, kept unchanged (`server_tool_call`, `compaction`, types of vendors). */
export interface GenericPart {
  readonly type: string;
  readonly [key: string]: unknown;
}

/** One part of a message. */
export type MessagePart =
  | TextPart
  | ReasoningPart
  | ToolCallPart
  | ToolCallResponsePart
  | BlobPart
  | FilePart
  | UriPart
  | GenericPart;

/** One message of a conversation. */
export interface Message {
  readonly role: 'system' | 'user' | 'assistant' | 'tool' | (string & {});
  readonly name?: string;
  readonly parts: readonly MessagePart[];
  /** Only in output messages. */
  readonly finish_reason?: string;
}

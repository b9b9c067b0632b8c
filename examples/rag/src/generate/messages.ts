import type { ToolDefinition } from '../tools.ts';

/** A message of a conversation, independent of the provider. */
export type ChatMessage =
  | { readonly role: 'user'; readonly text: string; readonly imageUrl?: string }
  | { readonly role: 'assistant'; readonly text: string; readonly toolCalls: readonly ToolCall[] }
  | { readonly role: 'tool'; readonly toolCallId: string; readonly text: string };

export interface ToolCall {
  readonly id: string;
  readonly name: string;
  readonly arguments: Readonly<Record<string, unknown>>;
}

export interface GenerateRequest {
  readonly model: string;
  readonly system: string;
  readonly messages: readonly ChatMessage[];
  readonly tools: readonly ToolDefinition[];
  readonly stream: boolean;
  /** Allow only one tool call at a time. */
  readonly oneByOne?: boolean;
  readonly timeoutMs?: number;
}

export interface Generated {
  readonly text: string;
  readonly toolCalls: readonly ToolCall[];
}

export type Generate = (request: GenerateRequest) => Promise<Generated>;

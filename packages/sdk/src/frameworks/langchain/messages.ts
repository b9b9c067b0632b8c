import type { Message, MessagePart, Usage } from '@throughline/spans';
import { type Json, list, number, present, record, text, texts } from '../../core/json.ts';

/*
 * Converts LangChain's messages (core 0.3 and 1) to OpenTelemetry's format. Messages are recognised by their shape, not
 * their class, because an application may load several copies of the package.
 */

const ROLES: Readonly<Record<string, string>> = {
  human: 'user',
  ai: 'assistant',
  system: 'system',
  developer: 'system',
  tool: 'tool',
  function: 'tool',
};

/** The type is in `_getType` in version 0.3, in `getType` in both versions, and in `type` in version 1. */
function messageType(value: unknown): string | undefined {
  const message = record(value);
  const { type, getType, _getType } = message;
  const getter = typeof getType === 'function' ? getType : _getType;
  const found = typeof getter === 'function' ? Reflect.apply(getter, value, []) : type;
  return 'content' in message && typeof found === 'string' ? found : undefined;
}

function isMessage(value: unknown): boolean {
  return typeof value === 'object' && value !== null && messageType(value) !== undefined;
}

export function toMessage(value: unknown): Message {
  const message = record(value);
  const type = messageType(value) ?? '';
  const role = ROLES[type] ?? text(message.role) ?? (type === '' ? 'user' : type);
  if (role === 'tool') {
    return {
      role,
      parts: [
        present({
          type: 'tool_call_response' as const,
          id: text(message.tool_call_id),
          response: message.content,
        }) as MessagePart,
      ],
    };
  }
  const name = text(message.name);
  const reason = finishReason(message);
  return {
    role,
    ...(name === undefined ? {} : { name }),
    parts: [...contentParts(message), ...toolCalls(message)],
    ...(reason === undefined ? {} : { finish_reason: reason }),
  };
}

function contentParts({ content, additional_kwargs }: Json): MessagePart[] {
  const reasoning = text(record(additional_kwargs).reasoning_content);
  const before: MessagePart[] = reasoning === undefined ? [] : [{ type: 'reasoning', content: reasoning }];
  if (typeof content === 'string') return content === '' ? before : [...before, { type: 'text', content }];
  return [...before, ...list(content).flatMap(contentPart)];
}

/** Content blocks that repeat tool calls. They are skipped, because `tool_calls` contains them too. */
const CALLS = new Set(['tool_use', 'tool_call', 'input_json_delta', 'tool_call_chunk', 'function_call']);

function contentPart(block: unknown): MessagePart[] {
  if (typeof block === 'string') return [{ type: 'text', content: block }];
  const part = record(block);
  const type = text(part.type);
  if (type === undefined || CALLS.has(type)) return [];
  if (type === 'text') return [{ type: 'text', content: text(part.text) ?? '' }];
  const thought = text(part.thinking) ?? text(part.reasoning);
  if (thought !== undefined) return [{ type: 'reasoning', content: thought }];
  const url = text(record(part.image_url).url) ?? text(part.image_url) ?? text(part.url);
  if (url !== undefined) return [media(url, text(part.mime_type) ?? text(part.mimeType), type)];
  const data = text(part.data) ?? text(record(part.source).data);
  const mime = text(part.mime_type) ?? text(part.mimeType) ?? text(record(part.source).media_type);
  if (data !== undefined)
    return [{ type: 'blob', modality: modalityOf(mime, type), mime_type: mime ?? null, content: data }];
  return [{ ...part, type }];
}

function media(url: string, mimeType: string | undefined, type: string): MessagePart {
  const inline = /^data:([^;,]+);base64,(.*)$/s.exec(url);
  const mime = inline?.[1] ?? mimeType;
  const modality = modalityOf(mime, type);
  return inline === null
    ? { type: 'uri', modality, ...(mime === undefined ? {} : { mime_type: mime }), uri: url }
    : { type: 'blob', modality, mime_type: mime ?? null, content: inline[2] ?? '' };
}

function modalityOf(mime: string | undefined, type: string): string {
  const [first] = (mime ?? type.replace(/^input_|_url$/g, '')).split('/');
  return first === 'application' || first === 'file' ? 'document' : (first ?? 'document');
}

function toolCalls(message: Json): MessagePart[] {
  return list(message.tool_calls).map((call) => {
    const { id, name, args } = record(call);
    return {
      type: 'tool_call',
      ...(typeof id === 'string' ? { id } : {}),
      name: String(name ?? ''),
      arguments: args,
    };
  });
}

export function finishReason(message: Json): string | undefined {
  const { finish_reason, stop_reason, finishReason: camel } = record(message.response_metadata);
  return text(finish_reason) ?? text(stop_reason) ?? text(camel);
}

/** Reads `usage_metadata`, which has the same format for all providers. Totals include cached and reasoning tokens. */
export function usageOf(message: Json, llmOutput: unknown): Usage | undefined {
  const usage = record(message.usage_metadata);
  const input = record(usage.input_token_details);
  const output = record(usage.output_token_details);
  const { tokenUsage, estimatedTokenUsage } = record(llmOutput);
  const older = record(tokenUsage ?? estimatedTokenUsage);
  const found = present({
    inputTokens: number(usage.input_tokens) ?? number(older.promptTokens),
    outputTokens: number(usage.output_tokens) ?? number(older.completionTokens),
    cacheReadTokens: number(input.cache_read),
    cacheWriteTokens: number(input.cache_creation),
    audioInputTokens: number(input.audio),
    reasoningTokens: number(output.reasoning),
    audioOutputTokens: number(output.audio),
  });
  return Object.keys(found).length === 0 ? undefined : found;
}

/** Larger lists contain data, not messages. They are shortened when they are serialised. */
const MAX_ITEMS = 1_000;

/** Converts messages in the upper levels of a value. Everything else stays unchanged. */
export function readable(value: unknown, depth = 0): unknown {
  if (isMessage(value)) return toMessage(value);
  if (depth > 3 || typeof value !== 'object' || value === null) return value;
  if (Array.isArray(value))
    return value.length > MAX_ITEMS ? value : value.map((item) => readable(item, depth + 1));
  const prototype = Object.getPrototypeOf(value);
  if (prototype !== Object.prototype && prototype !== null) return promptMessages(value) ?? value;
  const entries = Object.entries(value);
  if (entries.length > MAX_ITEMS) return value;
  return Object.fromEntries(entries.map(([key, item]) => [key, readable(item, depth + 1)]));
}

/** Returns the messages of a `ChatPromptValue`. */
function promptMessages(value: object): Message[] | undefined {
  const { messages } = value as { messages?: unknown };
  return Array.isArray(messages) && messages.every(isMessage) ? messages.map(toMessage) : undefined;
}

/** Returns the messages in the input or output of a graph or chain. Undefined if it contains anything else. */
export function messagesIn(value: unknown): readonly unknown[] | undefined {
  const messages = Array.isArray(value) ? value : record(value).messages;
  return Array.isArray(messages) && messages.length > 0 && messages.every(isMessage) ? messages : undefined;
}

export function stopReasons(messages: readonly Json[]): string[] | undefined {
  return texts(messages.map(finishReason));
}

/** Returns the content of the last message if it is a string, otherwise the last text among its parts. */
export function lastMessageText(messages: readonly unknown[]): string | undefined {
  const { content } = record(messages.at(-1));
  const parts = list(content).map((part) => text(record(part).text));
  return text(content) ?? parts.findLast((part) => part !== undefined);
}

import { isRecord } from '../attributes/attribute-readers.ts';
import type { Message, MessagePart, ToolCallPart } from '../model/messages.ts';
import { generic, isPart, isPartType, toPart, toParts } from './message-parts.ts';
import { plainText, toolCall, toolResponse } from './tool-parts.ts';

type Json = Readonly<Record<string, unknown>>;

/** Maximum number of messages, the same as for flattened lists. */
const MAX_MESSAGES = 10_000;

/** Names of roles, in lower case. All other names stay unchanged. */
const ROLES = new Map([
  ['human', 'user'],
  ['ai', 'assistant'],
  ['model', 'assistant'],
  ['chatbot', 'assistant'],
  ['bot', 'assistant'],
  ['function', 'tool'],
  ['ipython', 'tool'],
  ['tool-call', 'assistant'],
  ['tool-response', 'tool'],
  ['user', 'user'],
  ['assistant', 'assistant'],
  ['system', 'system'],
  ['tool', 'tool'],
]);

/** Names of message classes of LangChain and AutoGen. */
const CLASS_ROLES = new Map([
  ['HumanMessage', 'user'],
  ['HumanMessageChunk', 'user'],
  ['AIMessage', 'assistant'],
  ['AIMessageChunk', 'assistant'],
  ['SystemMessage', 'system'],
  ['SystemMessageChunk', 'system'],
  ['ToolMessage', 'tool'],
  ['ToolMessageChunk', 'tool'],
  ['FunctionMessage', 'tool'],
  ['UserMessage', 'user'],
  ['AssistantMessage', 'assistant'],
  ['FunctionExecutionResultMessage', 'tool'],
]);

/** Parts without a message that always belong to the tool, or to the assistant. */
const TOOL_SIDE = /^tool_call_response$|_call_output$/;
const ASSISTANT_SIDE = /^(?:tool_call|reasoning)$|_call$|_tool_use$|_approval_request$|_list_tools$/;

/**
 * Reads messages from any provider's JSON: a text, a message, a list of messages, content blocks, items of OpenAI's
 * Responses, or LangChain's serialised messages. `role` is the role of texts and blocks that have none.
 */
export function messagesFromJson(json: unknown, role: string): readonly Message[] | undefined {
  const messages: Message[] = [];
  // Consecutive blocks of the same role that belong to no message are combined to one message.
  let gathered: { role: string; parts: MessagePart[] } | undefined;
  for (const item of itemsOf(json)) {
    if (messages.length >= MAX_MESSAGES) break;
    if (typeof item === 'string' || isPart(item)) {
      const part = toPart(item);
      if (part === undefined) continue;
      const side = TOOL_SIDE.test(part.type)
        ? 'tool'
        : ASSISTANT_SIDE.test(part.type)
          ? 'assistant'
          : part.type === 'mcp_approval_response'
            ? 'user'
            : role;
      if (gathered?.role !== side) {
        gathered = { role: side, parts: [] };
        messages.push(gathered);
      }
      gathered.parts.push(part);
      continue;
    }
    gathered = undefined;
    const message = messageFrom(item, role);
    if (message !== undefined) messages.push(message);
  }
  return messages.length === 0 ? undefined : messages;
}

/** LangChain and batch APIs nest lists of messages: `[[…]]`. LangGraph puts them into commands: `[{update: {messages}}]`. */
function itemsOf(json: unknown): readonly unknown[] {
  if (!Array.isArray(json)) return [json];
  const list = json.every(Array.isArray) ? json.flat() : json;
  return list.some(hasUpdate)
    ? list.flatMap((item) => (hasUpdate(item) ? messagesOfUpdate(item) : [item]))
    : list;
}

function hasUpdate(item: unknown): item is Json {
  return isRecord(item) && isRecord(item.update) && 'messages' in item.update && !('role' in item);
}

function messagesOfUpdate(item: Json): readonly unknown[] {
  const { messages } = item.update as Json;
  return Array.isArray(messages) ? messages : [messages];
}

export function canonicalRole(role: unknown, fallback: string): string {
  // Semantic Kernel writes `{label: 'user'}`.
  const given = isRecord(role) ? (role.label ?? role.Label) : role;
  if (typeof given !== 'string' || given === '') return fallback;
  const known = CLASS_ROLES.get(given) ?? ROLES.get(given);
  if (known !== undefined) return known;
  // Python's enumerations: `MessageRole.USER`, `Role.assistant`.
  const name = given.slice(given.lastIndexOf('.') + 1);
  return ROLES.get(name.toLowerCase()) ?? given;
}

function messageFrom(item: unknown, fallbackRole: string): Message | undefined {
  if (!isRecord(item)) return undefined;
  // LangChain: {lc, type: 'constructor', id: […, 'HumanMessage'], kwargs} and {type: 'human', data}
  const inner = item.kwargs ?? item.data;
  if (isRecord(inner) && ('content' in inner || 'parts' in inner)) {
    const id = item.id;
    const name = Array.isArray(id) ? id.at(-1) : item.type;
    return messageFrom({ ...inner, role: inner.role ?? name, type: undefined }, fallbackRole);
  }
  if (isRecord(item.message)) {
    const reason = item.finish_reason ?? item.finishReason;
    return messageFrom(
      { ...item.message, ...(typeof reason === 'string' ? { finish_reason: reason } : {}) },
      fallbackRole,
    );
  }
  const given = item.role ?? item._role ?? typeRole(item.type);
  const role = canonicalRole(given, fallbackRole);
  const parts = partsOf(item, role);
  if (parts.length === 0 && given === undefined) return keptBlock(item, fallbackRole);
  const name = item.name ?? item.source;
  const reason = item.finish_reason ?? item.stop_reason ?? item.finishReason;
  return {
    role,
    ...(typeof name === 'string' && name !== '' ? { name } : {}),
    parts,
    ...(typeof reason === 'string' && reason !== '' ? { finish_reason: reason } : {}),
  };
}

/** An item of an unknown type is kept in its place, unchanged. */
function keptBlock(item: Json, role: string): Message | undefined {
  const { type } = item;
  return typeof type === 'string' && type !== '' ? { role, parts: [generic(type, item)] } : undefined;
}

function typeRole(type: unknown): unknown {
  if (typeof type !== 'string') return undefined;
  return CLASS_ROLES.has(type) || (ROLES.has(type) && !isPartType(type)) ? type : undefined;
}

function partsOf(message: Json, role: string): MessagePart[] {
  const content = contentOf(message);
  const callId = message.tool_call_id;
  if (
    role === 'tool' &&
    message.parts === undefined &&
    (callId !== undefined || typeof content === 'string')
  ) {
    return [toolResponse(callId, plainText(content) ?? content)];
  }
  const parts: MessagePart[] = [];
  const thought = message.reasoning_content ?? message.reasoning ?? message.thinking ?? message.thought;
  if (typeof thought === 'string' && thought !== '') parts.push({ type: 'reasoning', content: thought });
  for (const part of toParts(content)) parts.push(part);
  if (typeof message.refusal === 'string') parts.push({ type: 'refusal', content: message.refusal });
  if (isRecord(message.audio)) parts.push(...toParts([{ type: 'audio', ...message.audio }]));
  return [...parts, ...missingCalls(parts, callsOf(message))];
}

/** The content of a message, under the names of all providers. */
function contentOf(message: Json): unknown {
  const content =
    message.parts ??
    message.content ??
    message._content ??
    message.blocks ??
    message.items ??
    message.message ??
    message.text;
  // Mastra: {format: 2, parts}. Gemini: {parts, role}.
  return isRecord(content) && Array.isArray(content.parts) ? content.parts : content;
}

/** Reads tool calls outside of the content: `tool_calls`, the older `function_call`, LangChain's `additional_kwargs`. */
function callsOf(message: Json): MessagePart[] {
  const more = isRecord(message.additional_kwargs) ? message.additional_kwargs : undefined;
  const listed = [message.tool_calls, message.toolCalls, more?.tool_calls, message.invalid_tool_calls].find(
    (list) => Array.isArray(list) && list.length > 0,
  );
  const calls: (MessagePart | undefined)[] = Array.isArray(listed)
    ? listed.map((call) =>
        isRecord(call)
          ? toolCall(call.id ?? call.toolCallId, named(call), call.args ?? call.arguments ?? call.input)
          : undefined,
      )
    : [];
  const single = message.function_call ?? more?.function_call;
  if (isRecord(single)) calls.push(toolCall(undefined, single, single.arguments));
  return calls.filter((call) => call !== undefined);
}

/** The AI SDK and Haystack call the name of the tool differently. */
function named(call: Json): Json {
  const name = call.toolName ?? call.tool_name;
  return name === undefined ? call : { name };
}

/**
 * Returns the calls that are not among the parts, because some producers send calls both inside and outside of the
 * content. Calls are compared by id, or by name if they have no id. Two calls in `calls` are never merged.
 */
export function missingCalls(
  parts: readonly MessagePart[],
  calls: readonly MessagePart[],
): readonly MessagePart[] {
  const known = new Set<unknown>();
  for (const part of parts) {
    if (part.type !== 'tool_call') continue;
    const { id, name } = part as ToolCallPart;
    known.add(`name:${name}`);
    if (id !== undefined) known.add(`id:${id}`);
  }
  if (known.size === 0) return calls;
  return calls.filter((call) => {
    const { id, name } = call as ToolCallPart;
    return !known.has(id === undefined ? `name:${name}` : `id:${id}`);
  });
}

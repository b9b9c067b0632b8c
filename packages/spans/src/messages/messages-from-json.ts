import { isRecord } from '../attributes/attribute-readers.ts';
import type { Message, MessagePart, ToolCallPart } from '../model/messages.ts';
import { isPart, plainText, toolCall, toolResponse, toPart, toParts } from './message-parts.ts';

type Json = Readonly<Record<string, unknown>>;

/** Maximum number of messages, the same as for flattened lists. */
const MAX_MESSAGES = 10_000;

/** Role names of LangChain and Gemini. All other names stay unchanged. */
const ROLES = new Map([
  ['human', 'user'],
  ['ai', 'assistant'],
  ['model', 'assistant'],
  ['function', 'tool'],
  ['HumanMessage', 'user'],
  ['HumanMessageChunk', 'user'],
  ['AIMessage', 'assistant'],
  ['AIMessageChunk', 'assistant'],
  ['SystemMessage', 'system'],
  ['ToolMessage', 'tool'],
  ['FunctionMessage', 'tool'],
]);

/** Parts without a message that always belong to the tool. */
const TOOL_SIDE = new Set(['tool_call_response']);
/** Parts without a message that always belong to the assistant. */
const ASSISTANT_SIDE = new Set(['tool_call', 'reasoning']);

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
      const side = TOOL_SIDE.has(part.type) ? 'tool' : ASSISTANT_SIDE.has(part.type) ? 'assistant' : role;
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

/** LangChain and batch APIs nest lists of messages: `[[…]]`. */
function itemsOf(json: unknown): readonly unknown[] {
  if (!Array.isArray(json)) return [json];
  return json.every(Array.isArray) ? json.flat() : json;
}

export function canonicalRole(role: unknown, fallback: string): string {
  return typeof role === 'string' && role !== '' ? (ROLES.get(role) ?? role) : fallback;
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
  const role = canonicalRole(item.role ?? langChainType(item.type), fallbackRole);
  const parts = partsOf(item, role);
  if (parts.length === 0 && item.role === undefined) return undefined;
  const name = item.name;
  const reason = item.finish_reason ?? item.stop_reason ?? item.finishReason;
  return {
    role,
    ...(typeof name === 'string' && name !== '' ? { name } : {}),
    parts,
    ...(typeof reason === 'string' && reason !== '' ? { finish_reason: reason } : {}),
  };
}

function langChainType(type: unknown): unknown {
  return typeof type === 'string' && ROLES.has(type)
    ? type
    : type === 'system' || type === 'tool'
      ? type
      : undefined;
}

function partsOf(message: Json, role: string): MessagePart[] {
  const content = message.parts ?? message.content;
  const callId = message.tool_call_id;
  if (
    role === 'tool' &&
    message.parts === undefined &&
    (callId !== undefined || typeof content === 'string')
  ) {
    return [toolResponse(callId, plainText(content) ?? content)];
  }
  const parts: MessagePart[] = [];
  const thought = message.reasoning_content ?? message.reasoning ?? message.thinking;
  if (typeof thought === 'string' && thought !== '') parts.push({ type: 'reasoning', content: thought });
  for (const part of toParts(content)) parts.push(part);
  if (typeof message.refusal === 'string') parts.push({ type: 'refusal', content: message.refusal });
  if (isRecord(message.audio)) parts.push(...toParts([{ type: 'audio', ...message.audio }]));
  return [...parts, ...missingCalls(parts, callsOf(message))];
}

/** Reads tool calls outside of the content: `tool_calls`, the older `function_call`, LangChain's `additional_kwargs`. */
function callsOf(message: Json): MessagePart[] {
  const more = isRecord(message.additional_kwargs) ? message.additional_kwargs : undefined;
  const listed = [message.tool_calls, more?.tool_calls].find(
    (list) => Array.isArray(list) && list.length > 0,
  );
  const calls: (MessagePart | undefined)[] = Array.isArray(listed)
    ? listed.map((call) =>
        isRecord(call) ? toolCall(call.id, call, call.args ?? call.arguments) : undefined,
      )
    : [];
  const single = message.function_call ?? more?.function_call;
  if (isRecord(single)) calls.push(toolCall(undefined, single, single.arguments));
  return calls.filter((call) => call !== undefined);
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

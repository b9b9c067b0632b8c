import { isRecord } from '../attributes/attribute-readers.ts';
import type { Message, MessagePart, ToolCallPart } from '../model/messages.ts';
import { isPart, plainText, toolCall, toolResponse, toPart, toParts } from './message-parts.ts';

type Json = Readonly<Record<string, unknown>>;

/** As many messages as a flattened list may have. */
const MAX_MESSAGES = 10_000;

/** LangChain's and Gemini's names of roles; all others stay. */
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

/** Parts that come without a message and speak for the tool, whatever the side. */
const TOOL_SIDE = new Set(['tool_call_response']);
const ASSISTANT_SIDE = new Set(['tool_call', 'reasoning']);

/**
 * Messages out of any provider's JSON: a text, a message, a list of messages, content blocks, items of OpenAI's
 * Responses, LangChain's serialised messages. `role` is what a text or block without a role gets.
 */
export function messagesFromJson(json: unknown, role: string): readonly Message[] | undefined {
  const messages: Message[] = [];
  // Blocks that belong to no message are gathered into one per run of the same role.
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

/** Tool calls beside the content: Chat Completions, its older `function_call`, LangChain's `additional_kwargs`. */
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
 * The calls that are not among the parts yet, where a producer gives them as content and beside it. A call is known
 * by its id, without one by its name; two nameless twins among `calls` stay two.
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

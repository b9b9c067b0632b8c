import { isRecord } from '../attributes/attribute-readers.ts';
import type { Message } from '../model/messages.ts';
import { toParts } from './message-parts.ts';
import { messagesFromJson } from './messages-from-json.ts';

/*
 * Reads messages from complete request and response bodies of providers, for spans whose only content is `input.value`
 * and `output.value`. Returns undefined for unknown formats; the text is then shown unchanged.
 */

/**
 * Reads the messages of a request: OpenAI Chat Completions and Responses, Anthropic Messages, Gemini, LangChain
 * (`{messages: [[…]]}`), or a plain list of messages.
 */
export function messagesFromRequest(body: unknown): readonly Message[] | undefined {
  if (Array.isArray(body)) return looksLikeMessages(body) ? messagesFromJson(body, 'user') : undefined;
  if (!isRecord(body)) return undefined;
  const list = [body.messages, body.contents, body.input].find(looksLikeMessages);
  const text = typeof body.input === 'string' && 'model' in body ? body.input : undefined;
  const messages = messagesFromJson(list ?? text, 'user');
  if (messages === undefined) return undefined;
  const system = body.system ?? body.instructions ?? body.systemInstruction;
  const parts = toParts(isRecord(system) && Array.isArray(system.parts) ? system.parts : system);
  return parts.length === 0 ? messages : [{ role: 'system', parts }, ...messages];
}

/** Reads the messages of a response of these providers, or LangChain's `{generations: [[{message}]]}`. */
export function messagesFromResponse(body: unknown): readonly Message[] | undefined {
  if (Array.isArray(body)) return looksLikeMessages(body) ? messagesFromJson(body, 'assistant') : undefined;
  if (!isRecord(body)) return undefined;
  const { choices, candidates, generations, output } = body;
  // LangChain's prompt value: {lc, kwargs: {messages}}
  const messages = isRecord(body.kwargs) ? body.kwargs.messages : body.messages;
  if (Array.isArray(choices)) return messagesFromJson(choices.map(choiceMessage), 'assistant');
  if (Array.isArray(candidates)) return messagesFromJson(candidates.map(candidateMessage), 'assistant');
  if (Array.isArray(generations)) return messagesFromJson(generations.flat().map(choiceMessage), 'assistant');
  const list = [output, messages].find(looksLikeMessages);
  if (list !== undefined) return messagesFromJson(list, 'assistant');
  return 'role' in body && ('content' in body || 'parts' in body)
    ? messagesFromJson([body], 'assistant')
    : undefined;
}

function choiceMessage(choice: unknown): unknown {
  if (!isRecord(choice) || isRecord(choice.message)) return choice;
  const { text, finish_reason } = choice;
  return typeof text === 'string' ? { role: 'assistant', content: text, finish_reason } : choice;
}

function candidateMessage(candidate: unknown): unknown {
  if (!isRecord(candidate) || !isRecord(candidate.content)) return candidate;
  return { ...candidate.content, finish_reason: candidate.finishReason };
}

const MESSAGE_KEYS = ['role', 'content', 'parts', 'kwargs', 'data', 'tool_calls'];

/** Whether a list starts with a message, a content block, or a list of these. Other lists are application data. */
function looksLikeMessages(list: unknown): boolean {
  if (!Array.isArray(list)) return false;
  const head: unknown = Array.isArray(list[0]) ? list[0][0] : list[0];
  if (!isRecord(head)) return false;
  if (typeof head.role === 'string') return MESSAGE_KEYS.some((key) => key !== 'role' && key in head);
  return (
    (typeof head.type === 'string' && RESPONSE_ITEMS.has(head.type)) ||
    isRecord(head.kwargs) ||
    (isRecord(head.data) && 'type' in head)
  );
}

const RESPONSE_ITEMS = new Set(['message', 'function_call', 'function_call_output', 'reasoning']);

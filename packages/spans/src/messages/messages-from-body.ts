import { isRecord } from '../attributes/attribute-readers.ts';
import type { Message } from '../model/messages.ts';
import { toParts } from './message-parts.ts';
import { messagesFromJson } from './messages-from-json.ts';

/*
 * Whole request and response bodies of providers, for spans whose only content is `input.value` and `output.value`.
 * A body that is none of the known shapes gives nothing: then the text is shown as it is.
 */

/** OpenAI Chat Completions, Responses; Anthropic Messages; Gemini; LangChain `{messages: [[…]]}`; a bare list. */
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

/** The same providers' answers, and LangChain's `{generations: [[{message}]]}` and `{messages: […]}`. */
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

/** A list whose first item is a message, a content block or a list of them. Data of the application is neither. */
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

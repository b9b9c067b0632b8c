import { isRecord } from '../attributes/attribute-readers.ts';
import type { Message } from '../model/messages.ts';
import { isPartType, toParts } from './message-parts.ts';
import { messagesFromJson } from './messages-from-json.ts';

/*
 * Reads messages from complete request and response bodies of providers, and from the inputs and outputs of frameworks,
 * for spans whose only content is `input.value` and `output.value`. Returns undefined for unknown formats; the text is
 * then shown unchanged.
 */

type Json = Readonly<Record<string, unknown>>;

/** Envelopes can contain each other: `{args: [{input: {messages}}]}`. */
const MAX_ENVELOPES = 4;

/**
 * Reads the messages of a request: OpenAI Chat Completions and Responses, Anthropic Messages, Gemini, LangChain
 * (`{messages: [[…]]}`), a plain list of messages, or what a function of a framework was called with.
 */
export function messagesFromRequest(body: unknown): readonly Message[] | undefined {
  return requestMessages(body, 0);
}

function requestMessages(body: unknown, depth: number): readonly Message[] | undefined {
  if (Array.isArray(body)) return looksLikeMessages(body) ? messagesFromJson(body, 'user') : undefined;
  if (!isRecord(body)) return undefined;
  const request = isRecord(body.kwargs) && 'messages' in body.kwargs ? { ...body, ...body.kwargs } : body;
  const list = REQUEST_LISTS.map((key) => request[key]).find(looksLikeMessages);
  const messages = messagesFromJson(list ?? (list === undefined ? singleInput(request) : undefined), 'user');
  if (messages === undefined)
    return isMessage(body) ? messagesFromJson(body, 'user') : enveloped(body, depth);
  const config = request.config;
  const system =
    request.system ??
    request.instructions ??
    request.systemInstruction ??
    request.system_instruction ??
    request.system_prompt ??
    (isRecord(config) ? (config.systemInstruction ?? config.system_instruction) : undefined);
  const parts = toParts(isRecord(system) && Array.isArray(system.parts) ? system.parts : system);
  return parts.length === 0 || messages[0]?.role === 'system'
    ? messages
    : [{ role: 'system', parts }, ...messages];
}

/** Keys of lists of messages. `chat_history` is last, because it lacks the current question. */
const REQUEST_LISTS = [
  'messages',
  'contents',
  'input',
  'prompt',
  'new_message',
  'input_messages',
  'items',
  'chat_history',
];

/** The text of a request for a completion or a response: `{model, input}`, `{system, prompt}`. */
function singleInput(request: Json): string | undefined {
  const { input, prompt } = request;
  if (typeof input === 'string' && 'model' in request) return input;
  return typeof prompt === 'string' && ('system' in request || 'model' in request) ? prompt : undefined;
}

/** Keys that frameworks use for the message of the user, the most specific first. */
const SAID = [
  'new_message',
  'user_input',
  'user_message',
  'user_prompt',
  'question',
  'query',
  'input',
  'prompt',
  'message',
  'inputs',
  'task',
  'text',
  'q',
  'state',
];

/** Unwraps `{args, kwargs}`, `{input}`, `{question}` and similar envelopes. */
function enveloped(body: Json, depth: number): readonly Message[] | undefined {
  if (depth >= MAX_ENVELOPES) return undefined;
  const { args, kwargs } = body;
  if (Array.isArray(args) && (isRecord(kwargs) || !('kwargs' in body))) {
    const list = isRecord(kwargs) ? [kwargs, ...args] : args;
    for (const item of list) {
      const found = said(item, depth) ?? undefined;
      if (found !== undefined) return found;
    }
    return undefined;
  }
  for (const key of SAID) {
    const value = body[key];
    if (value === undefined || value === null) continue;
    const found = said(value, depth);
    if (found !== undefined) return found;
  }
  return undefined;
}

function said(value: unknown, depth: number): readonly Message[] | undefined {
  if (typeof value === 'string') return value === '' ? undefined : [{ role: 'user', parts: toParts(value) }];
  if (isRecord(value) && (isMessage(value) || Array.isArray(value.content)))
    return messagesFromJson(value, 'user');
  return requestMessages(value, depth + 1);
}

/** Reads the messages of a response of these providers, LangChain's `{generations: [[{message}]]}`, or what a function of a framework returned. */
export function messagesFromResponse(body: unknown): readonly Message[] | undefined {
  return responseMessages(body, 0);
}

function responseMessages(body: unknown, depth: number): readonly Message[] | undefined {
  if (Array.isArray(body)) return looksLikeMessages(body) ? messagesFromJson(body, 'assistant') : undefined;
  if (!isRecord(body)) return undefined;
  const { choices, candidates, generations, output, outputs } = body;
  // LangChain's prompt value: {lc, kwargs: {messages}}
  const messages = isRecord(body.kwargs) ? body.kwargs.messages : body.messages;
  if (Array.isArray(choices)) return messagesFromJson(choices.map(choiceMessage), 'assistant');
  if (Array.isArray(candidates)) return messagesFromJson(candidates.map(candidateMessage), 'assistant');
  if (Array.isArray(generations)) return messagesFromJson(generations.flat().map(choiceMessage), 'assistant');
  const list = [output, messages, outputs, body.replies].find(looksLikeMessages);
  if (list !== undefined) return messagesFromJson(list, 'assistant');
  if (isMessage(body)) return messagesFromJson([body], 'assistant');
  if (hasUpdate(body)) return messagesFromJson([body], 'assistant');
  return isRecord(body.content) && Array.isArray(body.content.parts)
    ? messagesFromJson([candidateMessage(body)], 'assistant')
    : answered(body, depth);
}

/** Keys under which frameworks return what was answered, the most specific first. */
const ANSWERED = [
  'final_output',
  'answer',
  'output',
  'response',
  'result',
  'message',
  'raw',
  'output_text',
  'text',
  'content',
  'generation',
  'outputs',
  'last_message',
];

/** Unwraps `{output}`, `{answer}`, `{raw}` (CrewAI) and similar envelopes. */
function answered(body: Json, depth: number): readonly Message[] | undefined {
  if (depth >= MAX_ENVELOPES) return undefined;
  const calls = body.toolCalls ?? body.tool_calls;
  if (Array.isArray(calls) && calls.length > 0)
    return messagesFromJson(
      [{ ...body, content: body.text ?? body.content, role: 'assistant', toolCalls: calls }],
      'assistant',
    );
  for (const key of ANSWERED) {
    const value = body[key];
    if (typeof value === 'string' && value !== '') return [{ role: 'assistant', parts: toParts(value) }];
    const found = isRecord(value) || Array.isArray(value) ? responseMessages(value, depth + 1) : undefined;
    if (found !== undefined) return found;
  }
  return undefined;
}

function choiceMessage(choice: unknown): unknown {
  if (!isRecord(choice) || isRecord(choice.message)) return choice;
  const { text, finish_reason } = choice;
  return typeof text === 'string' ? { role: 'assistant', content: text, finish_reason } : choice;
}

function candidateMessage(candidate: unknown): unknown {
  if (!isRecord(candidate) || !isRecord(candidate.content)) return candidate;
  return { ...candidate.content, finish_reason: candidate.finishReason ?? candidate.finish_reason };
}

const MESSAGE_KEYS = ['content', 'parts', 'kwargs', 'data', 'tool_calls', 'blocks', 'message', 'items'];

/** Whether a value is one message, in the form of a provider or of LangChain. */
function isMessage(value: unknown): boolean {
  if (!isRecord(value)) return false;
  if (typeof value.role === 'string' || isRecord(value.role)) return MESSAGE_KEYS.some((key) => key in value);
  if (typeof value._role === 'string') return '_content' in value;
  const inner = value.kwargs ?? value.data;
  if (isRecord(inner) && 'content' in inner && ('type' in value || 'lc' in value || 'id' in value))
    return true;
  return typeof value.type === 'string' && 'content' in value && MESSAGE_TYPES.has(value.type);
}

/** Types of messages of LangChain and AutoGen that have no role. */
const MESSAGE_TYPES = new Set([
  'human',
  'ai',
  'system',
  'tool',
  'AIMessageChunk',
  'HumanMessage',
  'AIMessage',
  'SystemMessage',
  'ToolMessage',
  'UserMessage',
  'AssistantMessage',
  'FunctionExecutionResultMessage',
]);

/** Whether a list starts with a message, a content block, or a list of these. Other lists are application data. */
function looksLikeMessages(list: unknown): boolean {
  if (!Array.isArray(list)) return false;
  const head: unknown = Array.isArray(list[0]) ? list[0][0] : list[0];
  if (!isRecord(head)) return false;
  if (isMessage(head) || hasUpdate(head) || isMessage(head.message)) return true;
  return (
    (typeof head.type === 'string' && (head.type === 'message' || isPartType(head.type))) ||
    isRecord(head.kwargs)
  );
}

function hasUpdate(value: Json): boolean {
  return isRecord(value.update) && 'messages' in value.update;
}

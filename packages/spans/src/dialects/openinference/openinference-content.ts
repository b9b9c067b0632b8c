import type { Read } from '../../attributes/attribute-readers.ts';
import {
  asJson,
  asNumber,
  asText,
  isRecord,
  needing,
  needingPrefix,
  nonEmpty,
  object,
} from '../../attributes/attribute-readers.ts';
import { listAt } from '../../attributes/flattened.ts';
import { parsedOrText, parseStructure } from '../../attributes/parse-json.ts';
import { mediaPart, uriPart } from '../../messages/media-part.ts';
import { generic, toParts } from '../../messages/message-parts.ts';
import { canonicalRole, missingCalls } from '../../messages/messages-from-json.ts';
import { toolCall, toolResponse } from '../../messages/tool-parts.ts';
import type { Document, EmbeddingContent } from '../../model/content.ts';
import type { Message, MessagePart } from '../../model/messages.ts';
import type { Attributes } from '../../model/raw-span.ts';

type FromBody = (body: unknown) => readonly Message[] | undefined;

/**
 * Reads `llm.input_messages.<i>.message.*`, including multimodal contents and tool calls. Instrumentations leave out what
 * they cannot flatten (LangChain: contents that are lists; Anthropic: the bytes of images). Such messages are read from
 * the body in `input.value` or `output.value` if it has at least as many messages.
 */
export function messages(
  prefix: string,
  role: string,
  bodyKey: string,
  fromBody: FromBody,
): Read<readonly Message[]> {
  return fromList(prefix, (items, attributes) => {
    const list = items.map((item) => message(item, role));
    const lostItems = hasBuiltInItems(attributes.get(bodyKey));
    if (!lostItems && list.every(isComplete)) return list;
    const whole = fromBody(bodyAt(attributes, bodyKey));
    if (lostItems && whole !== undefined) return whole;
    const offset = (whole?.length ?? 0) - list.length;
    if (whole === undefined || offset < 0) return list.some(({ parts }) => parts.length > 0) ? list : whole;
    // A separate system prompt in the body comes before the flattened messages.
    return list.map((flat, index) => (isComplete(flat) ? flat : (whole[index + offset] ?? flat)));
  });
}

/** Returns a reader for the items of a flattened list. It is called only if there is at least one item. */
function fromList<T>(
  prefix: string,
  read: (items: readonly Attributes[], attributes: Attributes) => T | undefined,
): Read<T> {
  return needingPrefix([prefix], ({ attributes }) => {
    const items = listAt(attributes, prefix);
    return items.length === 0 ? undefined : read(items, attributes);
  });
}

/** Items of OpenAI's Responses API, and blocks of Anthropic, that instrumentations do not flatten. */
const BUILT_IN_ITEM =
  /"type":\s?"(?!function_call|tool_call)(?:[a-z_]+_call(?:_output)?|mcp_[a-z_]+|server_tool_use)"/;

function hasBuiltInItems(body: unknown): boolean {
  return typeof body === 'string' && body.includes('_call"') && BUILT_IN_ITEM.test(body);
}

const MEDIA = new Set(['image', 'audio', 'video']);

/**
 * Returns whether a flattened message is complete. A media part without data, such as `{type: 'image'}`, is incomplete. So
 * is a user message with tool results (Anthropic), because only the last of several results is flattened.
 */
function isComplete({ role, parts }: Message): boolean {
  if (parts.length === 0) return false;
  return parts.every(({ type }) => !MEDIA.has(type) && (type !== 'tool_call_response' || role === 'tool'));
}

function bodyAt(attributes: Attributes, key: string): unknown {
  const text = attributes.get(key);
  return typeof text === 'string' ? parseStructure(text) : undefined;
}

/** Reads the system prompt from the body, because Anthropic's is not among the flattened messages. */
export const systemInstructions: Read<readonly MessagePart[]> = ({ attributes }) => {
  const text = attributes.get('llm.invocation_parameters') ?? attributes.get('input.value');
  if (typeof text !== 'string' || !text.includes('"system"')) return undefined;
  const body = parseStructure(text);
  return isRecord(body) ? nonEmpty(toParts(body.system)) : undefined;
};

/** Unwraps LangChain's tool results: `{"output": {"lc": 1, …, "kwargs": {"content": …}}}`. */
export const langChainToolResult = needing<unknown>(['output.value'], ({ attributes }) => {
  const text = attributes.get('output.value');
  if (typeof text !== 'string' || !text.startsWith('{"output"')) return undefined;
  const body = parseStructure(text);
  const output = isRecord(body) ? body.output : undefined;
  const inner = isRecord(output) && isRecord(output.kwargs) ? output.kwargs.content : output;
  return typeof inner === 'string' ? parsedOrText(inner) : inner;
});

function message(item: Attributes, fallbackRole: string): Message {
  const role = canonicalRole(item.get('message.role'), fallbackRole);
  const name = textAt(item, 'message.name');
  return { role, ...(name === undefined ? {} : { name }), parts: parts(item, role) };
}

function parts(item: Attributes, role: string): MessagePart[] {
  const content = textAt(item, 'message.content');
  const callId = textAt(item, 'message.tool_call_id');
  const contents = listAt(item, 'message.contents.').map(contentPart);
  if (callId !== undefined || role === 'tool') {
    const response = content ?? (contents.length === 0 ? undefined : (onlyText(contents) ?? contents));
    const answer = toolResponse(callId, response);
    // Anthropic's tool results are in a user message, together with the user's text.
    return role === 'tool' || content === undefined ? [answer] : [answer, ...contents];
  }
  // Some producers send the text in both forms.
  const rest = content !== undefined && onlyText(contents) === content ? [] : contents;
  const list: MessagePart[] = content === undefined ? rest : [{ type: 'text', content }, ...rest];
  const calls = listAt(item, 'message.tool_calls.').map(toolCallPart);
  const functionName = textAt(item, 'message.function_call_name');
  if (functionName !== undefined) {
    const json = textAt(item, 'message.function_call_arguments_json');
    calls.push(toolCall(undefined, { name: functionName }, json));
  }
  return [
    ...list,
    ...missingCalls(
      list,
      calls.filter((call) => call !== undefined),
    ),
  ];
}

function onlyText(contents: readonly MessagePart[]): string | undefined {
  const texts = contents.map((part) =>
    part.type === 'text' && 'content' in part ? part.content : undefined,
  );
  return texts.length > 0 && texts.every((text) => typeof text === 'string') ? texts.join('\n') : undefined;
}

/** Reads `message.contents.<j>.*`. */
function contentPart(item: Attributes): MessagePart {
  const type = textAt(item, 'message_content.type') ?? typeByKeys(item);
  const text = textAt(item, 'message_content.text');
  switch (type) {
    case 'text':
    case 'input_text':
    case 'output_text':
      return { type: 'text', content: text ?? '' };
    case 'reasoning':
      return withExtras({ type: 'reasoning', content: text ?? '' }, item);
    case 'tool_use':
    case 'tool_call':
      return toolCallPart(item) ?? generic(type, {});
    case 'image':
    case 'audio':
    case 'video':
      return media(type, item);
    default:
      return withExtras(generic(type, text === undefined ? {} : { content: text }), item);
  }
}

function typeByKeys(item: Attributes): string {
  if (item.has('message_content.text')) return 'text';
  if (item.has('tool_call.function.name')) return 'tool_use';
  const modality = ['image', 'audio', 'video'].find((name) => mediaUrl(name, item) !== undefined);
  return modality ?? 'unknown';
}

function mediaUrl(modality: string, item: Attributes): string | undefined {
  const at = `message_content.${modality}`;
  return textAt(item, `${at}.${modality}.url`) ?? textAt(item, `${at}.url`) ?? textAt(item, at);
}

function media(modality: string, item: Attributes): MessagePart {
  const at = `message_content.${modality}`;
  const mimeType =
    textAt(item, `${at}.${modality}.mime_type`) ??
    textAt(item, `${at}.mime_type`) ??
    textAt(item, `${at}.media_type`);
  const transcript = textAt(item, `${at}.${modality}.transcript`) ?? textAt(item, `${at}.transcript`);
  const url = mediaUrl(modality, item) ?? textAt(item, 'message_content.data');
  const more = transcript === undefined ? {} : { transcript };
  if (url !== undefined) return { ...more, ...mediaPart(url, modality, mimeType) };
  // The producer left out the bytes on purpose and reports only the type.
  return generic(modality, { ...more, ...(mimeType === undefined ? {} : { mime_type: mimeType }) });
}

/** Adds ids, signatures and encrypted reasoning, which are needed to replay a conversation. */
function withExtras(part: MessagePart, item: Attributes): MessagePart {
  const extras: Record<string, string> = {};
  for (const key of ['id', 'signature', 'data', 'encrypted_content']) {
    const value = textAt(item, `message_content.${key}`);
    if (value !== undefined) extras[key] = value;
  }
  return Object.keys(extras).length === 0 ? part : { ...extras, ...part };
}

function toolCallPart(item: Attributes): MessagePart | undefined {
  const call = toolCall(
    textAt(item, 'tool_call.id'),
    { name: textAt(item, 'tool_call.function.name') },
    asJson(item.get('tool_call.function.arguments') ?? null),
  );
  const signature = textAt(item, 'tool_call.reasoning_signature');
  return call === undefined || signature === undefined ? call : { ...call, reasoning_signature: signature };
}

/** Reads `llm.prompts.<i>.prompt.text` of completion APIs without chat messages. */
export const prompts = textMessages('llm.prompts.', 'prompt.text', 'user');
export const choices = textMessages('llm.choices.', 'completion.text', 'assistant');

function textMessages(prefix: string, key: string, role: string): Read<readonly Message[]> {
  return fromList(prefix, (items) =>
    nonEmpty(
      items
        .map((item) => textAt(item, key) ?? textAt(item, ''))
        .filter((text) => text !== undefined)
        .map((content) => ({ role, parts: [{ type: 'text', content }] })),
    ),
  );
}

/** Reads `input.images.<i>.image.url` of image generation. */
export const inputImages = images('input.images.', 'user');
export const outputImages = images('output.images.', 'assistant');

function images(prefix: string, role: string): Read<readonly Message[]> {
  return fromList(prefix, (items) => {
    const urls = items.map((item) => textAt(item, 'image.url')).filter((url) => url !== undefined);
    return urls.length === 0 ? undefined : [{ role, parts: urls.map((url) => uriPart(url, 'image')) }];
  });
}

/** Reads `<prefix><i>.document.{id,content,score,metadata}`. */
export function documents(prefix: string): Read<readonly Document[]> {
  return fromList(prefix, (items) => items.map(document));
}

function document(item: Attributes): Document {
  const id = textAt(item, 'document.id');
  const content = textAt(item, 'document.content');
  const score = asNumber(item.get('document.score') ?? null);
  const metadata = asJson(item.get('document.metadata') ?? null);
  return {
    ...(id === undefined ? {} : { id }),
    ...(content === undefined ? {} : { content }),
    ...(score === undefined ? {} : { score }),
    ...(metadata === undefined ? {} : { metadata }),
  };
}

/** Reads `embedding.embeddings.<i>.embedding.{text,vector}`. Keeps only the number and length of the vectors. */
export const embeddedTexts: Read<EmbeddingContent> = fromList('embedding.embeddings.', (list) => {
  const texts = list.map((item) => textAt(item, 'embedding.text')).filter((text) => text !== undefined);
  const lengths = list.map((item) => vectorLength(item)).filter((length) => length !== undefined);
  const dimensions = lengths[0];
  return {
    texts,
    ...(dimensions === undefined ? {} : { dimensions, count: lengths.length }),
  };
});

function vectorLength(item: Attributes): number | undefined {
  const vector = item.get('embedding.vector');
  if (Array.isArray(vector)) return vector.length;
  // Counts the commas of a JSON text, so that the vector need not be parsed.
  if (typeof vector !== 'string' || !vector.startsWith('[') || vector.length < 3) return undefined;
  let commas = 0;
  for (let at = vector.indexOf(','); at >= 0; at = vector.indexOf(',', at + 1)) commas++;
  return commas + 1;
}

/** Reads `llm.tools.<i>.tool.json_schema`. */
export const toolDefinitions: Read<readonly unknown[]> = fromList('llm.tools.', (items) =>
  nonEmpty(
    items
      .map((item) => textAt(item, 'tool.json_schema'))
      .filter((schema) => schema !== undefined)
      .map(parsedOrText),
  ),
);

function textAt(item: Attributes, key: string): string | undefined {
  const value = item.get(key);
  return value === undefined ? undefined : asText(value);
}

const PARAMETERS = object('llm.invocation_parameters', 'embedding.invocation_parameters');

/** Fields of the request body that are not parameters, because they have their own fields. */
const NOT_PARAMETERS = new Set([
  'model',
  'messages',
  'tools',
  'functions',
  'system',
  'instructions',
  'input',
  'prompt',
]);

export const invocationParameters: Read<Readonly<Record<string, unknown>>> = (span) => {
  const entries = Object.entries(PARAMETERS(span) ?? {}).filter(([name]) => !NOT_PARAMETERS.has(name));
  return entries.length === 0 ? undefined : Object.fromEntries(entries);
};

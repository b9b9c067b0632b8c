import { isRecord } from '../attributes/attribute-readers.ts';
import { parsedOrText, parseStructure } from '../attributes/parse-json.ts';
import type { GenericPart, MessagePart, Modality } from '../model/messages.ts';
import { filePart, mediaPart, modalityOf, uriPart } from './media-part.ts';

type Json = Readonly<Record<string, unknown>>;
type ToPart = (part: Json) => MessagePart | undefined;

/**
 * Converters from content blocks of all providers to parts of the convention, by `type`. Blocks without a converter, or
 * whose converter returns undefined, are kept unchanged.
 * Sources: OTel GenAI message schemas; OpenAI Chat Completions and Responses; Anthropic Messages; AI SDK
 * ModelMessage; LangChain standard content blocks.
 */
const PARTS: Readonly<Record<string, ToPart>> = {
  // OpenTelemetry
  blob: (part) => mediaFrom(part, 'image'),
  uri: (part) => mediaFrom(part, 'image'),

  // Text
  text: (part) => textPart(part.content ?? part.text),
  input_text: (part) => textPart(part.text),
  output_text: (part) => textPart(part.text),
  refusal: (part) => generic('refusal', { content: part.refusal ?? part.content }),

  // Reasoning
  reasoning: (part) => reasoningPart(part.content ?? part.text ?? part.reasoning ?? part.summary, part),
  thinking: (part) => reasoningPart(part.thinking ?? part.text, part),
  redacted_thinking: (part) => reasoningPart('', part),

  // Tool calls
  tool_call: (part) => toolCall(part.id, part, part.arguments ?? part.args),
  'tool-call': (part) => toolCall(part.toolCallId, { name: part.toolName }, part.input ?? part.args),
  tool_use: (part) => toolCall(part.id, part, part.input),
  function_call: (part) => toolCall(part.call_id ?? part.id, part, part.arguments),
  function: (part) => toolCall(part.id, part, part.arguments),

  // Tool results
  tool_call_response: (part) => toolResponse(part.id, part.response ?? part.result ?? part.content),
  tool_result: (part) =>
    toolResponse(part.tool_use_id, part.content, part.is_error === true ? { is_error: true } : undefined),
  'tool-result': (part) => toolResponse(part.toolCallId, unwrapOutput(part.output ?? part.result)),
  function_call_output: (part) => toolResponse(part.call_id, part.output),

  // Media
  image: (part) => mediaFrom(part, 'image'),
  image_url: (part) => mediaFrom(part, 'image'),
  input_image: (part) => mediaFrom(part, 'image'),
  audio: (part) => mediaFrom(part, 'audio'),
  input_audio: (part) => mediaFrom(part, 'audio'),
  video: (part) => mediaFrom(part, 'video'),
  document: (part) => mediaFrom(part, 'document'),
  file: (part) => mediaFrom(part, 'document'),
  input_file: (part) => mediaFrom(part, 'document'),
};

const BY_TYPE = new Map(Object.entries(PARTS));

/** Converts a content block of any provider to a part. A string becomes a text part. */
export function toPart(value: unknown): MessagePart | undefined {
  if (typeof value === 'string') return { type: 'text', content: value };
  if (!isRecord(value)) return undefined;
  const type = value.type;
  if (typeof type !== 'string') return untypedPart(value);
  return BY_TYPE.get(type)?.(value) ?? generic(type, value);
}

/** Returns whether an object is a content block rather than a message. */
export function isPart(value: unknown): boolean {
  if (!isRecord(value)) return false;
  const type = value.type;
  return typeof type === 'string' && BY_TYPE.has(type);
}

/** Converts a text, a content block, or a list of both to parts. */
export function toParts(content: unknown): MessagePart[] {
  if (content === undefined || content === null || content === '') return [];
  const list = Array.isArray(content) ? content : [content];
  return list.map(toPart).filter((part) => part !== undefined);
}

/** Converts Gemini's parts, which have no `type`. Their only key shows what they contain. */
function untypedPart(part: Json): MessagePart | undefined {
  const { text, functionCall, functionResponse } = part;
  if (typeof text === 'string') {
    return part.thought === true ? { type: 'reasoning', content: text } : { type: 'text', content: text };
  }
  if (isRecord(functionCall)) return toolCall(functionCall.id, functionCall, functionCall.args);
  if (isRecord(functionResponse)) return toolResponse(functionResponse.id, functionResponse.response);
  const inline = part.inlineData ?? part.inline_data ?? part.fileData ?? part.file_data;
  if (isRecord(inline)) return mediaFrom(inline, 'image');
  return Object.keys(part).length === 0 ? undefined : generic('unknown', part);
}

export function generic(type: string, fields: Json): GenericPart {
  return { ...fields, type };
}

function textPart(content: unknown): MessagePart | undefined {
  return typeof content === 'string' ? { type: 'text', content } : undefined;
}

/** Keeps signatures and encrypted blocks, which are needed to replay a conversation. */
function reasoningPart(content: unknown, source: Json): MessagePart {
  const part: Record<string, unknown> = { type: 'reasoning', content: plainText(content) ?? '' };
  for (const key of ['id', 'signature', 'data', 'encrypted_content']) {
    if (typeof source[key] === 'string') part[key] = source[key];
  }
  return part as GenericPart;
}

/** @param named The object with the name and arguments, or with a `function` that has them, as in Chat Completions. */
export function toolCall(id: unknown, named: Json, args: unknown): MessagePart | undefined {
  const inner = isRecord(named.function) ? named.function : named;
  const name = inner.name;
  if (typeof name !== 'string') return undefined;
  const given = args ?? inner.arguments;
  return {
    type: 'tool_call',
    ...(typeof id === 'string' ? { id } : {}),
    name,
    ...(given === undefined ? {} : { arguments: typeof given === 'string' ? parsedOrText(given) : given }),
  };
}

export function toolResponse(id: unknown, response: unknown, more?: Json): MessagePart {
  return {
    ...more,
    type: 'tool_call_response',
    ...(typeof id === 'string' ? { id } : {}),
    ...(response === undefined ? {} : { response: plainResponse(response) }),
  };
}

/** Joins a list of text blocks to one text, and parses JSON texts. */
function plainResponse(response: unknown): unknown {
  const plain =
    typeof response === 'string' ? response : Array.isArray(response) ? plainText(response) : undefined;
  return plain === undefined ? response : (parseStructure(plain) ?? plain);
}

/** Unwraps outputs of the AI SDK: `{type: 'text' | 'json' | 'error-text' | …, value}`. */
function unwrapOutput(output: unknown): unknown {
  return isRecord(output) && typeof output.type === 'string' && 'value' in output ? output.value : output;
}

/** Returns the text of a string or of a list of text blocks. Undefined if there are other blocks. */
export function plainText(content: unknown): string | undefined {
  if (typeof content === 'string') return content;
  if (!Array.isArray(content) || content.length === 0) return undefined;
  const pieces: string[] = [];
  for (const block of content) {
    const piece = isRecord(block) ? block.text : block;
    if (typeof piece !== 'string') return undefined;
    pieces.push(piece);
  }
  return pieces.join('\n');
}

/** Keys under which providers nest the data or URL of a medium, outermost first. */
const HOLDERS = ['source', 'image_url', 'input_audio', 'audio', 'file', 'data', 'image', 'video', 'document'];
const MIME_KEYS = ['mime_type', 'media_type', 'mimeType', 'mediaType'];
const URI_KEYS = ['uri', 'url', 'fileUri', 'file_uri', 'file_url'];
const BYTES_KEYS = ['data', 'content', 'base64', 'file_data', 'bytes'];

function mediaFrom(part: Json, modality: Modality, depth = 0, outerMime?: string): MessagePart | undefined {
  const mimeType = stringAt(part, MIME_KEYS) ?? formatMime(part, modality) ?? outerMime;
  const kind = modalityOf(mimeType, modalityNamed(part.modality) ?? modality);
  const more = depth === 0 ? extras(part) : undefined;
  const fileId = stringAt(part, ['file_id', 'fileId']);
  const uri = stringAt(part, URI_KEYS);
  if (uri !== undefined) return { ...more, ...uriPart(uri, kind, mimeType) };
  const bytes = stringAt(part, BYTES_KEYS);
  if (bytes !== undefined && part.type === 'text') return { type: 'text', content: bytes };
  if (bytes !== undefined) return { ...more, ...mediaPart(bytes, kind, mimeType) };
  if (fileId !== undefined) return { ...more, ...filePart(fileId, kind, mimeType) };
  for (const holder of HOLDERS) {
    const inner = part[holder];
    if (typeof inner === 'string') return { ...more, ...mediaPart(inner, kind, mimeType) };
    if (isRecord(inner) && depth < 3) {
      const found = mediaFrom(inner, kind, depth + 1, mimeType);
      if (found !== undefined) return { ...more, ...found };
    }
  }
  return undefined;
}

function extras(part: Json): Json | undefined {
  const transcript = part.transcript;
  return typeof transcript === 'string' ? { transcript } : undefined;
}

function modalityNamed(value: unknown): Modality | undefined {
  return typeof value === 'string' ? value : undefined;
}

/** Reads the type from the format, as in Chat Completions: `input_audio: {data, format: 'wav'}`. */
function formatMime(part: Json, modality: Modality): string | undefined {
  return modality === 'audio' && typeof part.format === 'string' ? `audio/${part.format}` : undefined;
}

function stringAt(part: Json, keys: readonly string[]): string | undefined {
  for (const key of keys) {
    const value = part[key];
    if (typeof value === 'string' && value !== '') return value;
  }
  return undefined;
}

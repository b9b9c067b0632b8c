import { isRecord } from '../attributes/attribute-readers.ts';
import type { GenericPart, MessagePart } from '../model/messages.ts';
import { mediaFrom } from './media-block.ts';
import { toolCall, toolResponse } from './tool-parts.ts';

type Json = Readonly<Record<string, unknown>>;

/**
 * Converters of content blocks without `type`, by the key that shows what a block contains. The first key that a block
 * has decides.
 * Sources: Bedrock Converse `ContentBlock`; Gemini `Part` in both spellings; Genkit `Part`; Haystack `ChatMessage`.
 */
const BY_KEY: readonly (readonly [
  key: string,
  convert: (value: unknown, part: Json) => MessagePart | undefined,
])[] = [
  // Bedrock Converse
  ['toolUse', (value) => (isRecord(value) ? toolCall(value.toolUseId, value, value.input) : undefined)],
  ['toolResult', (value) => (isRecord(value) ? bedrockResult(value) : undefined)],
  ['reasoningContent', (value) => (isRecord(value) ? bedrockReasoning(value) : undefined)],
  // Gemini
  ['functionCall', (value) => (isRecord(value) ? toolCall(value.id, value, value.args) : undefined)],
  [
    'function_call',
    (value) => (isRecord(value) ? toolCall(value.id, value, value.args ?? value.arguments) : undefined),
  ],
  ['functionResponse', (value) => (isRecord(value) ? geminiResponse(value) : undefined)],
  ['function_response', (value) => (isRecord(value) ? geminiResponse(value) : undefined)],
  ['inlineData', (value) => (isRecord(value) ? mediaFrom(value, 'image') : undefined)],
  ['inline_data', (value) => (isRecord(value) ? mediaFrom(value, 'image') : undefined)],
  ['fileData', (value) => (isRecord(value) ? mediaFrom(value, 'document') : undefined)],
  ['file_data', (value) => (isRecord(value) ? mediaFrom(value, 'document') : undefined)],
  // Genkit
  ['toolRequest', (value) => (isRecord(value) ? toolCall(value.ref, value, value.input) : undefined)],
  ['toolResponse', (value) => (isRecord(value) ? toolResponse(value.ref, value.output) : undefined)],
  ['media', (value) => (isRecord(value) ? mediaFrom(value, 'image') : undefined)],
  // Haystack
  [
    'tool_call',
    (value) =>
      isRecord(value)
        ? toolCall(value.id, { name: value.tool_name ?? value.name }, value.arguments)
        : undefined,
  ],
  ['tool_call_result', (value) => (isRecord(value) ? haystackResult(value) : undefined)],
  ['reasoning', (value) => reasoning(isRecord(value) ? value.reasoning_text : value)],
  // Bedrock and Haystack
  ['image', (value) => (isRecord(value) ? mediaFrom(value, 'image') : undefined)],
  ['video', (value) => (isRecord(value) ? mediaFrom(value, 'video') : undefined)],
  ['audio', (value) => (isRecord(value) ? mediaFrom(value, 'audio') : undefined)],
  ['document', (value) => (isRecord(value) ? mediaFrom(value, 'document') : undefined)],
];

/** Converts a block without `type`. A block of an unknown form is kept unchanged, with the type `unknown`. */
export function untypedPart(part: Json): MessagePart | undefined {
  const { text } = part;
  if (typeof text === 'string') {
    return part.thought === true ? { type: 'reasoning', content: text } : { type: 'text', content: text };
  }
  for (const [key, convert] of BY_KEY) {
    const value = part[key];
    const found = value === undefined || value === null ? undefined : convert(value, part);
    if (found !== undefined) return found;
  }
  const keys = Object.keys(part);
  return keys.length === 0 ? undefined : { ...part, type: 'unknown' };
}

/** Whether an object looks like one of these blocks rather than like a message. */
export function isUntypedPart(part: Json): boolean {
  if (typeof part.type === 'string' || 'role' in part) return false;
  return typeof part.text === 'string'
    ? !('content' in part) && !('message' in part)
    : BY_KEY.some(([key, convert]) => isRecord(part[key]) && convert(part[key], part) !== undefined);
}

function bedrockResult(result: Json): MessagePart {
  return toolResponse(
    result.toolUseId,
    result.content,
    result.status === 'error' ? { is_error: true } : undefined,
  );
}

function bedrockReasoning(content: Json): MessagePart {
  const inner = isRecord(content.reasoningText) ? content.reasoningText : content;
  const text = inner.text ?? content.reasoningText;
  return {
    type: 'reasoning',
    content: typeof text === 'string' ? text : '',
    ...(typeof inner.signature === 'string' ? { signature: inner.signature } : {}),
    ...(typeof content.redactedContent === 'string' ? { data: content.redactedContent } : {}),
  } as GenericPart;
}

function geminiResponse(result: Json): MessagePart {
  const { name, parts } = result;
  return toolResponse(result.id, result.response, {
    ...(typeof name === 'string' ? { name } : {}),
    ...(Array.isArray(parts) ? { parts } : {}),
  });
}

function haystackResult(result: Json): MessagePart {
  const id = isRecord(result.origin) ? result.origin.id : undefined;
  return toolResponse(id, result.result, result.error === true ? { is_error: true } : undefined);
}

function reasoning(text: unknown): MessagePart | undefined {
  return typeof text === 'string' ? { type: 'reasoning', content: text } : undefined;
}

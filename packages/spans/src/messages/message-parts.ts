import { isRecord } from '../attributes/attribute-readers.ts';
import type { GenericPart, MessagePart } from '../model/messages.ts';
import { mediaFrom } from './media-block.ts';
import { plainText, toolCall, toolResponse } from './tool-parts.ts';
import { isUntypedPart, untypedPart } from './untyped-parts.ts';

type Json = Readonly<Record<string, unknown>>;
type ToPart = (part: Json) => MessagePart | undefined;

const image: ToPart = (part) => mediaFrom(part, 'image');
const audio: ToPart = (part) => mediaFrom(part, 'audio');
const video: ToPart = (part) => mediaFrom(part, 'video');
const file: ToPart = (part) => mediaFrom(part, 'document');
const reasoningBlock: ToPart = (part) =>
  reasoningPart(part.content ?? part.text ?? part.reasoning ?? part.thinking ?? part.summary, part);

/**
 * Converters from content blocks of all providers to parts of the convention, by `type`. Blocks without a converter, or
 * whose converter returns undefined, are kept unchanged.
 * Sources: OTel GenAI message schemas; OpenAI Chat Completions and Responses; Anthropic Messages; AI SDK
 * ModelMessage; LangChain standard content blocks; pydantic-ai; Google ADK; LiveKit.
 */
const PARTS: Readonly<Record<string, ToPart>> = {
  // OpenTelemetry, and the names of Google ADK
  blob: image,
  uri: image,
  file_data: file,
  inline_data: image,

  // Text
  text: (part) => textPart(part.content ?? part.text),
  input_text: (part) => textPart(part.text),
  output_text: (part) => textPart(part.text),
  summary_text: (part) => textPart(part.text),
  text_content: (part) => textPart(part.text),
  'text-plain': (part) => textPart(part.text),
  refusal: (part) => generic('refusal', { content: part.refusal ?? part.content }),

  // Reasoning
  reasoning: reasoningBlock,
  thinking: reasoningBlock,
  redacted_thinking: (part) => reasoningPart('', part),
  'redacted-reasoning': (part) => reasoningPart('', part),

  // Tool calls
  tool_call: (part) => toolCall(part.id ?? part.call_id, part, part.arguments ?? part.args),
  'tool-call': (part) =>
    toolCall(
      part.toolCallId ?? part.tool_call_id,
      { name: part.toolName ?? part.tool_name },
      part.input ?? part.args,
    ),
  tool_use: (part) => toolCall(part.id, part, part.input),
  function_call: (part) => toolCall(part.call_id ?? part.id, part, part.arguments),
  custom_tool_call: (part) => toolCall(part.call_id ?? part.id, part, part.input),
  function: (part) => toolCall(part.id, part, part.arguments),

  // Tool results
  tool_call_response: (part) =>
    toolResponse(part.id, part.response ?? part.result ?? part.content, failed(part)),
  tool_result: (part) => toolResponse(part.tool_use_id ?? part.tool_call_id, part.content, failed(part)),
  'tool-result': (part) =>
    toolResponse(part.toolCallId, unwrapOutput(part.output ?? part.result), failed(part)),
  function_call_output: (part) => toolResponse(part.call_id, part.output, failed(part)),
  custom_tool_call_output: (part) => toolResponse(part.call_id, part.output),

  // Media
  image,
  image_url: image,
  'image-url': image,
  input_image: image,
  image_content: image,
  audio,
  audio_url: audio,
  'audio-url': audio,
  input_audio: audio,
  audio_content: audio,
  video,
  video_url: video,
  'video-url': video,
  document: file,
  'document-url': file,
  file,
  input_file: file,
  binary: file,
  media: file,
};

const BY_TYPE = new Map(Object.entries(PARTS));

/**
 * Blocks without a converter that are content of a message, not messages. They are kept as they are.
 * Sources: OpenAI Responses items, Anthropic server tools, OTel GenAI.
 */
const KEPT_BLOCK =
  /^(?:[a-z_]+_(?:call|call_output|tool_use|tool_result|approval_request|approval_response|list_tools)|server_tool_[a-z_]+|item_reference|compaction|compaction_summary|container_upload|search_result|guardrail_[a-z]+)$/;

/** Converts a content block of any provider to a part. A string becomes a text part. */
export function toPart(value: unknown): MessagePart | undefined {
  if (typeof value === 'string') return { type: 'text', content: value };
  if (!isRecord(value)) return undefined;
  const type = value.type;
  if (typeof type !== 'string') return blockOfLlamaIndex(value) ?? untypedPart(value);
  return BY_TYPE.get(type)?.(value) ?? generic(type, value);
}

/** Returns whether an object is a content block rather than a message. */
export function isPart(value: unknown): boolean {
  if (!isRecord(value)) return false;
  const type = value.type;
  return typeof type === 'string' ? isPartType(type) : isUntypedPart(value);
}

/** Returns whether `type` denotes a content block. */
export function isPartType(type: string): boolean {
  return BY_TYPE.has(type) || KEPT_BLOCK.test(type);
}

/** Converts a text, a content block, or a list of both to parts. */
export function toParts(content: unknown): MessagePart[] {
  if (content === undefined || content === null || content === '') return [];
  const list = Array.isArray(content) ? content : [content];
  return list.map(toPart).filter((part) => part !== undefined);
}

export function generic(type: string, fields: Json): GenericPart {
  return { ...fields, type };
}

/** LlamaIndex calls the type `block_type`. */
function blockOfLlamaIndex(value: Json): MessagePart | undefined {
  const type = value.block_type;
  return typeof type === 'string' ? toPart({ ...value, type, block_type: undefined }) : undefined;
}

function textPart(content: unknown): MessagePart | undefined {
  return typeof content === 'string' ? { type: 'text', content } : undefined;
}

function failed(part: Json): Json | undefined {
  return part.is_error === true || part.isError === true ? { is_error: true } : undefined;
}

/** Keeps signatures and encrypted blocks, which are needed to replay a conversation. */
function reasoningPart(content: unknown, source: Json): MessagePart {
  const part: Record<string, unknown> = { type: 'reasoning', content: plainText(content) ?? '' };
  for (const key of ['id', 'signature', 'data', 'encrypted_content']) {
    if (typeof source[key] === 'string') part[key] = source[key];
  }
  return part as GenericPart;
}

/** Unwraps outputs of the AI SDK: `{type: 'text' | 'json' | 'error-text' | …, value}`. */
function unwrapOutput(output: unknown): unknown {
  return isRecord(output) && typeof output.type === 'string' && 'value' in output ? output.value : output;
}

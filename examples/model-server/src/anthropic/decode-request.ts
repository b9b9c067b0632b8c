import { isRecord, type JsonRecord, readArray, readCount, readRecord, readString } from '../decode.ts';
import { imageFromBase64, imageFromUrl } from '../image.ts';
import type { Image, ModelRequest, ToolChoice, ToolOffer, Turn } from '../model-request.ts';
import { requireModel } from '../models.ts';
import { RequestError } from '../request-error.ts';

export function decodeMessagesRequest(body: JsonRecord): ModelRequest {
  const model = readString(body.model, 'model');
  requireModel('anthropic', model);
  const maxTokens = readCount(body.max_tokens, 'max_tokens');
  if (maxTokens === undefined)
    throw new RequestError(400, 'max_tokens: Field required', { param: 'max_tokens' });
  const messages = readArray(body.messages, 'messages');
  if (messages.length === 0) {
    throw new RequestError(400, 'messages: at least one message is required', { param: 'messages' });
  }
  const choice = isRecord(body.tool_choice) ? body.tool_choice : {};
  const thinking = isRecord(body.thinking) ? body.thinking.type : undefined;
  const system = textOf(body.system);
  return {
    api: 'messages',
    model,
    turns: [
      ...(system === '' ? [] : [{ role: 'system' as const, text: system, images: [], toolCalls: [] }]),
      ...messages.flatMap((message, index) => decodeMessage(readRecord(message, `messages.${index}`), index)),
    ],
    tools: readArray(body.tools ?? [], 'tools').map(decodeTool),
    toolChoice: decodeToolChoice(choice),
    parallelToolCalls: choice.disable_parallel_tool_use !== true,
    maxTokens,
    reasoning: thinking === 'enabled' || thinking === 'adaptive',
    stream: body.stream === true,
    choices: 1,
  };
}

/** Splits a user message with tool results and text: each result becomes a separate turn before the text. */
function decodeMessage(message: JsonRecord, index: number): Turn[] {
  if (message.role !== 'user' && message.role !== 'assistant') {
    throw new RequestError(400, `messages.${index}.role: Input should be 'user' or 'assistant'`);
  }
  const blocks = blocksOf(message.content);
  const results = blocks
    .filter((block) => block.type === 'tool_result')
    .map(
      (block): Turn => ({
        role: 'tool',
        text: textOf(block.content),
        images: [],
        toolCalls: [],
        toolCallId: String(block.tool_use_id),
      }),
    );
  const text = textOf(message.content);
  const images = blocks.flatMap((block) => (isRecord(block.source) ? [imageOf(block.source)] : []));
  const toolCalls = blocks
    .filter((block) => block.type === 'tool_use')
    .map((block) => ({
      id: String(block.id),
      name: String(block.name),
      arguments: isRecord(block.input) ? block.input : {},
    }));
  const isOnlyResults = results.length > 0 && text === '' && images.length === 0;
  return isOnlyResults ? results : [...results, { role: message.role, text, images, toolCalls }];
}

function imageOf(source: JsonRecord): Image {
  return source.type === 'base64'
    ? imageFromBase64(String(source.media_type), String(source.data))
    : imageFromUrl(String(source.url));
}

function decodeTool(value: unknown, index: number): ToolOffer {
  const tool = readRecord(value, `tools.${index}`);
  return {
    name: readString(tool.name, `tools.${index}.name`),
    description: typeof tool.description === 'string' ? tool.description : '',
    parameters: isRecord(tool.input_schema) ? tool.input_schema : {},
  };
}

function decodeToolChoice(choice: JsonRecord): ToolChoice {
  if (choice.type === 'any') return 'required';
  if (choice.type === 'none') return 'none';
  return choice.type === 'tool' ? { name: String(choice.name) } : 'auto';
}

/**
 * Returns tools, system prompt and messages up to the last block with `cache_control`, as one text. Undefined if no
 * block has it.
 */
export function markedPrefix(body: JsonRecord): string | undefined {
  const blocks = [
    ...blocksOf(body.tools),
    ...blocksOf(body.system),
    ...blocksOf(body.messages).flatMap((message) => blocksOf(message.content)),
  ];
  const last = blocks.findLastIndex((block) => isRecord(block.cache_control));
  if (last < 0) return undefined;
  return blocks
    .slice(0, last + 1)
    .map((block) => (typeof block.text === 'string' ? block.text : JSON.stringify(block)))
    .join('\n');
}

function blocksOf(content: unknown): JsonRecord[] {
  if (typeof content === 'string') return [{ type: 'text', text: content }];
  return Array.isArray(content) ? content.filter(isRecord) : [];
}

function textOf(content: unknown): string {
  return blocksOf(content)
    .filter((block) => block.type === 'text')
    .map((block) => String(block.text))
    .join('\n');
}

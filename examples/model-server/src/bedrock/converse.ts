import { type Completion, complete, promptText } from '../completion.ts';
import { type Endpoint, type ServerContext, sendJson } from '../context.ts';
import { cutConnection } from '../cut-connection.ts';
import { isRecord, type JsonRecord, readArray, readCount, readRecord } from '../decode.ts';
import type { ModelRequest, ToolOffer, Turn } from '../model-request.ts';
import { requireModel } from '../models.ts';
import { pauseForWhole, type StreamEvent, sendEvents } from '../sse.ts';
import { splitArguments, splitIntoChunks } from '../tokens.ts';
import { EVENT_STREAM } from './event-stream.ts';

const STOP_REASONS: Readonly<Record<Completion['finish'], string>> = {
  stop: 'end_turn',
  length: 'max_tokens',
  tool_calls: 'tool_use',
  content_filter: 'content_filtered',
};

/** `POST /model/{id}/converse` and `/converse-stream`. */
export const converse: Endpoint = async (body, response, context, [model = '', method = '']) => {
  const stream = method === 'converse-stream';
  const { completion, answer, events } = await conversation(model, readRecord(body, 'body'), stream, context);
  if (stream) {
    await sendEvents(response, events, completion, streamError, EVENT_STREAM);
    return;
  }
  await pauseForWhole(completion);
  if (cutConnection(response, completion)) return;
  sendJson(response, 200, answer);
};

/** Builds the response, complete and as events. Nova's own format is the same. */
export async function conversation(model: string, body: JsonRecord, stream: boolean, context: ServerContext) {
  const request = decodeRequest(model, body, stream);
  const completion = complete(request, await context.decide(request), context.pace, context.nextId);
  const cached = context.cache.readPrefix(model, promptText(request));
  const usage = {
    // Bedrock's input tokens exclude cached tokens.
    inputTokens: completion.inputTokens - cached,
    outputTokens: completion.outputTokens,
    totalTokens: completion.inputTokens + completion.outputTokens,
    cacheReadInputTokens: cached,
    cacheWriteInputTokens: 0,
  };
  const stopReason = STOP_REASONS[completion.finish];
  const answer = {
    output: { message: { role: 'assistant', content: contentOf(completion) } },
    stopReason,
    usage,
    metrics: { latencyMs: 1 },
  };
  return { completion, answer, events: eventsOf(completion, stopReason, usage) };
}

export function streamError(message: string): StreamEvent {
  return { event: 'modelStreamErrorException', data: { message, originalStatusCode: 500 } };
}

function contentOf({ reasoning, text, toolCalls }: Completion): unknown[] {
  return [
    ...(reasoning === '' ? [] : [{ reasoningContent: { reasoningText: { text: reasoning } } }]),
    ...(text === '' ? [] : [{ text }]),
    ...toolCalls.map((call) => ({ toolUse: { toolUseId: call.id, name: call.name, input: call.arguments } })),
  ];
}

function eventsOf(completion: Completion, stopReason: string, usage: unknown): StreamEvent[] {
  const { reasoning, text, toolCalls } = completion;
  const blocks: { start?: unknown; deltas: unknown[] }[] = [];
  if (reasoning !== '')
    blocks.push({
      deltas: splitIntoChunks(reasoning).map((piece) => ({ reasoningContent: { text: piece } })),
    });
  if (text !== '') blocks.push({ deltas: splitIntoChunks(text).map((piece) => ({ text: piece })) });
  for (const call of toolCalls) {
    blocks.push({
      start: { toolUse: { toolUseId: call.id, name: call.name } },
      deltas: splitArguments(JSON.stringify(call.arguments)).map((input) => ({ toolUse: { input } })),
    });
  }
  return [
    { event: 'messageStart', data: { role: 'assistant' } },
    ...blocks.flatMap(({ start, deltas }, contentBlockIndex): StreamEvent[] => [
      ...(start === undefined ? [] : [{ event: 'contentBlockStart', data: { start, contentBlockIndex } }]),
      ...deltas.map((delta) => ({
        event: 'contentBlockDelta',
        data: { delta, contentBlockIndex },
        generated: true,
      })),
      { event: 'contentBlockStop', data: { contentBlockIndex } },
    ]),
    { event: 'messageStop', data: { stopReason } },
    { event: 'metadata', data: { usage, metrics: { latencyMs: 1 } } },
  ];
}

function decodeRequest(model: string, body: JsonRecord, stream: boolean): ModelRequest {
  requireModel('bedrock', model);
  const config = isRecord(body.inferenceConfig) ? body.inferenceConfig : {};
  const maxTokens = readCount(config.maxTokens, 'inferenceConfig.maxTokens');
  const toolConfig = isRecord(body.toolConfig) ? body.toolConfig : {};
  const more = isRecord(body.additionalModelRequestFields) ? body.additionalModelRequestFields : {};
  const system = textOf(body.system);
  return {
    api: 'converse',
    model,
    turns: [
      ...(system === '' ? [] : [turn('system', system)]),
      ...readArray(body.messages, 'messages').flatMap((message) =>
        decodeMessage(readRecord(message, 'messages')),
      ),
    ],
    tools: readArray(toolConfig.tools ?? [], 'tools')
      .filter(isRecord)
      .flatMap(decodeTool),
    toolChoice: 'auto',
    parallelToolCalls: true,
    ...(maxTokens !== undefined && { maxTokens }),
    reasoning: isRecord(more.thinking),
    stream,
    choices: 1,
  };
}

function turn(role: Turn['role'], text: string, more: Partial<Turn> = {}): Turn {
  return { role, text, images: [], toolCalls: [], ...more };
}

function decodeMessage(message: JsonRecord): Turn[] {
  const blocks = Array.isArray(message.content) ? message.content.filter(isRecord) : [];
  const results = blocks
    .map(({ toolResult }) => toolResult)
    .filter(isRecord)
    .map((result) => turn('tool', resultText(result.content), { toolCallId: String(result.toolUseId) }));
  if (results.length > 0) return results;
  const toolCalls = blocks
    .map(({ toolUse }) => toolUse)
    .filter(isRecord)
    .map((use) => ({
      id: String(use.toolUseId),
      name: String(use.name),
      arguments: isRecord(use.input) ? use.input : {},
    }));
  return [turn(message.role === 'assistant' ? 'assistant' : 'user', textOf(blocks), { toolCalls })];
}

function decodeTool({ toolSpec }: JsonRecord): ToolOffer[] {
  if (!isRecord(toolSpec)) return [];
  const schema = isRecord(toolSpec.inputSchema) ? toolSpec.inputSchema.json : undefined;
  return [
    {
      name: String(toolSpec.name),
      description: typeof toolSpec.description === 'string' ? toolSpec.description : '',
      parameters: isRecord(schema) ? schema : {},
    },
  ];
}

function resultText(content: unknown): string {
  const blocks = Array.isArray(content) ? content.filter(isRecord) : [];
  return blocks
    .map((block) => (block.json === undefined ? String(block.text) : JSON.stringify(block.json)))
    .join('\n');
}

function textOf(blocks: unknown): string {
  return Array.isArray(blocks)
    ? blocks
        .filter(isRecord)
        .map(({ text }) => (typeof text === 'string' ? text : ''))
        .filter((text) => text !== '')
        .join('\n')
    : '';
}

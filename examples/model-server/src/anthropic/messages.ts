import { type Completion, complete } from '../completion.ts';
import { type Endpoint, type ServerContext, sendJson } from '../context.ts';
import { cutConnection } from '../cut-connection.ts';
import { type JsonRecord, readArray, readRecord } from '../decode.ts';
import type { ModelRequest } from '../model-request.ts';
import { pauseForWhole, type StreamEvent, sendEvents } from '../sse.ts';
import { splitArguments, splitIntoChunks } from '../tokens.ts';
import { decodeMessagesRequest, markedPrefix } from './decode-request.ts';

const STOP_REASONS: Readonly<Record<Completion['finish'], string>> = {
  stop: 'end_turn',
  length: 'max_tokens',
  tool_calls: 'tool_use',
  content_filter: 'refusal',
};

/** `POST /v1/messages`. https://docs.anthropic.com/en/api/messages */
export const messages: Endpoint = async (body, response, context) => {
  const fields = readRecord(body, 'body');
  const request = decodeMessagesRequest(fields);
  const completion = complete(request, await context.decide(request), context.pace, context.nextId);
  const message = anthropicMessage(fields, request, completion, context);
  if (request.stream) {
    await sendEvents(response, anthropicEvents(message, completion), completion, errorEvent);
    return;
  }
  await pauseForWhole(completion);
  if (cutConnection(response, completion)) return;
  sendJson(response, 200, message, { 'request-id': context.nextId('req') });
};

/** Builds the complete, non-streamed response. */
export function anthropicMessage(
  fields: JsonRecord,
  request: ModelRequest,
  completion: Completion,
  context: ServerContext,
) {
  const prefix = markedPrefix(fields);
  const cached =
    prefix === undefined
      ? { readTokens: 0, writeTokens: 0 }
      : context.cache.readMarked(request.model, prefix);
  const usage = {
    // Anthropic's input tokens exclude cached tokens.
    input_tokens: Math.max(0, completion.inputTokens - cached.readTokens - cached.writeTokens),
    cache_creation_input_tokens: cached.writeTokens,
    cache_read_input_tokens: cached.readTokens,
    cache_creation: { ephemeral_5m_input_tokens: cached.writeTokens, ephemeral_1h_input_tokens: 0 },
    output_tokens: completion.outputTokens,
    service_tier: 'standard',
  };
  return {
    id: context.nextId('msg'),
    type: 'message',
    role: 'assistant',
    model: request.model,
    content: contentOf(completion),
    stop_reason: STOP_REASONS[completion.finish],
    stop_sequence: null,
    usage,
  };
}

/** `POST /v1/messages/count_tokens`. */
export const countMessageTokens: Endpoint = async (body, response, context) => {
  const fields = readRecord(body, 'body');
  readArray(fields.messages, 'messages');
  const request = decodeMessagesRequest({ max_tokens: 1, ...fields });
  sendJson(response, 200, { input_tokens: complete(request, {}, context.pace, context.nextId).inputTokens });
};

type Block =
  | { type: 'thinking'; thinking: string; signature: string }
  | { type: 'text'; text: string }
  | { type: 'tool_use'; id: string; name: string; input: Readonly<Record<string, unknown>> };

function contentOf(completion: Completion): Block[] {
  const thinking: Block[] =
    completion.reasoning === ''
      ? []
      : [{ type: 'thinking', thinking: completion.reasoning, signature: SIGNATURE }];
  const text: Block[] = completion.text === '' ? [] : [{ type: 'text', text: completion.text }];
  const calls = completion.toolCalls.map(
    (call): Block => ({ type: 'tool_use', id: call.id, name: call.name, input: call.arguments }),
  );
  return [...thinking, ...text, ...calls];
}

const SIGNATURE = Buffer.from('example signature').toString('base64');

export function anthropicEvents(
  message: { content: readonly Block[]; stop_reason: string; usage: { output_tokens: number } },
  completion: Completion,
): StreamEvent[] {
  const { usage } = message;
  const started = { ...message, content: [], stop_reason: null, usage: { ...usage, output_tokens: 1 } };
  return [
    named({ type: 'message_start', message: started }),
    named({ type: 'ping' }),
    ...message.content.flatMap((block, index) => [
      named({ type: 'content_block_start', index, content_block: emptyBlock(block) }),
      ...deltasOf(block).map((delta) => ({
        ...named({ type: 'content_block_delta', index, delta }),
        generated: true,
      })),
      named({ type: 'content_block_stop', index }),
    ]),
    named({
      type: 'message_delta',
      delta: { stop_reason: STOP_REASONS[completion.finish], stop_sequence: null },
      usage: { output_tokens: usage.output_tokens },
    }),
    named({ type: 'message_stop' }),
  ];
}

function emptyBlock(block: Block): Block {
  switch (block.type) {
    case 'thinking':
      return { type: 'thinking', thinking: '', signature: '' };
    case 'text':
      return { type: 'text', text: '' };
    case 'tool_use':
      return { ...block, input: {} };
  }
}

function deltasOf(block: Block): unknown[] {
  switch (block.type) {
    case 'thinking':
      return [
        ...splitIntoChunks(block.thinking).map((thinking) => ({ type: 'thinking_delta', thinking })),
        { type: 'signature_delta', signature: block.signature },
      ];
    case 'text':
      return splitIntoChunks(block.text).map((text) => ({ type: 'text_delta', text }));
    case 'tool_use':
      return splitArguments(JSON.stringify(block.input)).map((json) => ({
        type: 'input_json_delta',
        partial_json: json,
      }));
  }
}

function named(data: { type: string } & Record<string, unknown>): StreamEvent {
  return { event: data.type, data };
}

function errorEvent(message: string): StreamEvent {
  return named({ type: 'error', error: { type: 'overloaded_error', message } });
}

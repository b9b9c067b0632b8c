import { type Completion, complete, promptText } from '../completion.ts';
import { type Endpoint, sendJson } from '../context.ts';
import { cutConnection } from '../cut-connection.ts';
import {
  isRecord,
  type JsonRecord,
  parseArguments,
  readArray,
  readCount,
  readRecord,
  readString,
} from '../decode.ts';
import { imageFromUrl } from '../image.ts';
import type { Image, ModelRequest, ToolChoice, ToolOffer, Turn } from '../model-request.ts';
import { alwaysReasons, requireModel } from '../models.ts';
import { RequestError } from '../request-error.ts';
import { pauseForWhole, type StreamEvent, sendEvents } from '../sse.ts';
import { splitArguments, splitIntoChunks } from '../tokens.ts';

const ROLES: Readonly<Record<string, Turn['role']>> = {
  system: 'system',
  developer: 'system',
  user: 'user',
  assistant: 'assistant',
  tool: 'tool',
};

/** `POST /v1/chat/completions`. https://platform.openai.com/docs/api-reference/chat */
export const chatCompletions: Endpoint = async (body, response, context) => {
  const fields = readRecord(body, 'body');
  const request = decodeChatRequest(fields);
  const replies = [];
  for (let index = 0; index < request.choices; index += 1) replies.push(await context.decide(request));
  const choices = replies.map((reply) => complete(request, reply, context.pace, context.nextId));
  const [first] = choices;
  if (first === undefined) throw new RequestError(400, "Invalid value for 'n'.", { param: 'n' });

  const usage = usageOf(first, choices, context.cache.readPrefix(request.model, promptText(request)));
  const head = {
    id: context.nextId('chatcmpl'),
    created: Math.floor(Date.now() / 1000),
    model: request.model,
  };
  if (request.stream && ownerOf(request.model) === 'mistral') {
    await sendEvents(response, mistralChunks(head, first, usage), first, errorEvent);
    return;
  }
  if (request.stream) {
    const includeUsage = isRecord(fields.stream_options) && fields.stream_options.include_usage === true;
    await sendEvents(response, chunks(head, choices, includeUsage ? usage : undefined), first, errorEvent);
    return;
  }
  await pauseForWhole(first);
  if (cutConnection(response, first)) return;
  sendJson(response, 200, {
    ...head,
    object: 'chat.completion',
    choices: choices.map((choice, index) => ({
      index,
      message: messageOf(choice),
      logprobs: null,
      finish_reason: choice.finish,
    })),
    usage,
    service_tier: 'default',
    system_fingerprint: 'fp_example',
  });
};

/** Mistral uses the same API except for streams, in which calls are complete and the last chunk always has usage. */
function ownerOf(model: string): 'openai' | 'mistral' {
  return model.startsWith('mistral-') ? 'mistral' : 'openai';
}

function decodeChatRequest(body: JsonRecord): ModelRequest {
  const model = readString(body.model, 'model');
  requireModel(ownerOf(model), model);
  const messages = readArray(body.messages, 'messages');
  if (messages.length === 0) {
    throw new RequestError(400, "Invalid 'messages': empty array.", {
      param: 'messages',
      code: 'empty_array',
    });
  }
  const format = isRecord(body.response_format) ? body.response_format : {};
  const jsonSchema =
    format.type === 'json_schema'
      ? readRecord(readRecord(format.json_schema, 'response_format').schema, 'schema')
      : undefined;
  const maxTokens = readCount(body.max_completion_tokens ?? body.max_tokens, 'max_tokens');
  return {
    api: 'chat',
    model,
    turns: messages.map((message, index) => decodeMessage(readRecord(message, `messages[${index}]`), index)),
    tools: readArray(body.tools ?? [], 'tools').map(decodeTool),
    toolChoice: decodeToolChoice(body.tool_choice),
    parallelToolCalls: body.parallel_tool_calls !== false,
    ...(jsonSchema !== undefined && { jsonSchema }),
    ...(maxTokens !== undefined && { maxTokens }),
    reasoning: alwaysReasons(model),
    stream: body.stream === true,
    choices: readCount(body.n, 'n') ?? 1,
  };
}

function decodeMessage(message: JsonRecord, index: number): Turn {
  const role = ROLES[String(message.role)];
  if (role === undefined) {
    throw new RequestError(400, `Invalid value: '${String(message.role)}'.`, {
      param: `messages[${index}].role`,
      code: 'invalid_value',
    });
  }
  const parts = Array.isArray(message.content) ? message.content.filter(isRecord) : [];
  const images: Image[] = parts.flatMap((part) =>
    isRecord(part.image_url) ? [imageFromUrl(readString(part.image_url.url, 'image_url.url'))] : [],
  );
  const calls = Array.isArray(message.tool_calls) ? message.tool_calls.filter(isRecord) : [];
  return {
    role,
    text:
      typeof message.content === 'string'
        ? message.content
        : parts.map((part) => (typeof part.text === 'string' ? part.text : '')).join('\n'),
    images,
    toolCalls: calls.map((call) => {
      const called = readRecord(call.function, 'tool_calls.function');
      return { id: String(call.id), name: String(called.name), arguments: parseArguments(called.arguments) };
    }),
    ...(typeof message.tool_call_id === 'string' && { toolCallId: message.tool_call_id }),
  };
}

function decodeTool(value: unknown, index: number): ToolOffer {
  const tool = readRecord(readRecord(value, `tools[${index}]`).function, `tools[${index}].function`);
  return {
    name: readString(tool.name, `tools[${index}].function.name`),
    description: typeof tool.description === 'string' ? tool.description : '',
    parameters: isRecord(tool.parameters) ? tool.parameters : {},
  };
}

function decodeToolChoice(value: unknown): ToolChoice {
  if (value === 'none' || value === 'required') return value;
  if (isRecord(value) && isRecord(value.function)) return { name: String(value.function.name) };
  return 'auto';
}

function usageOf(first: Completion, choices: readonly Completion[], cachedTokens: number) {
  const outputTokens = choices.reduce((sum, choice) => sum + choice.outputTokens, 0);
  return {
    prompt_tokens: first.inputTokens,
    completion_tokens: outputTokens,
    total_tokens: first.inputTokens + outputTokens,
    prompt_tokens_details: { cached_tokens: cachedTokens, audio_tokens: 0 },
    completion_tokens_details: {
      reasoning_tokens: choices.reduce((sum, choice) => sum + choice.reasoningTokens, 0),
      audio_tokens: 0,
      accepted_prediction_tokens: 0,
      rejected_prediction_tokens: 0,
    },
  };
}

function messageOf(choice: Completion) {
  return {
    role: 'assistant',
    content: choice.text === '' ? null : choice.text,
    refusal: null,
    ...(choice.toolCalls.length > 0 && {
      tool_calls: choice.toolCalls.map((call) => ({
        id: call.id,
        type: 'function',
        function: { name: call.name, arguments: JSON.stringify(call.arguments) },
      })),
    }),
  };
}

/** Chunks of a stream: the role, the text word by word, the pieces of each tool call, and the finish reason. */
function chunks(
  head: { id: string; created: number; model: string },
  choices: readonly Completion[],
  usage: ReturnType<typeof usageOf> | undefined,
): StreamEvent[] {
  const chunk = (index: number, delta: unknown, finish: string | null, generated: boolean): StreamEvent => ({
    data: {
      ...head,
      object: 'chat.completion.chunk',
      service_tier: 'default',
      system_fingerprint: 'fp_example',
      choices: [{ index, delta, logprobs: null, finish_reason: finish }],
      ...(usage !== undefined && { usage: null }),
    },
    generated,
  });
  const events = choices.flatMap((choice, index) => [
    chunk(index, { role: 'assistant', content: choice.text === '' ? null : '', refusal: null }, null, true),
    ...splitIntoChunks(choice.text).map((content) => chunk(index, { content }, null, true)),
    ...choice.toolCalls.flatMap((call, callIndex) => [
      chunk(
        index,
        {
          tool_calls: [
            { index: callIndex, id: call.id, type: 'function', function: { name: call.name, arguments: '' } },
          ],
        },
        null,
        true,
      ),
      ...splitArguments(JSON.stringify(call.arguments)).map((piece) =>
        chunk(index, { tool_calls: [{ index: callIndex, function: { arguments: piece } }] }, null, true),
      ),
    ]),
    chunk(index, {}, choice.finish, false),
  ]);
  const last =
    usage === undefined ? [] : [{ data: { ...head, object: 'chat.completion.chunk', choices: [], usage } }];
  return [...events, ...last, { data: '[DONE]' }];
}

function mistralChunks(
  head: { id: string; created: number; model: string },
  choice: Completion,
  usage: ReturnType<typeof usageOf>,
): StreamEvent[] {
  const chunk = (delta: unknown, finish: string | null = null): StreamEvent => ({
    data: {
      ...head,
      object: 'chat.completion.chunk',
      choices: [{ index: 0, delta, finish_reason: finish }],
      ...(finish !== null && { usage }),
    },
    generated: finish === null,
  });
  return [
    chunk({ role: 'assistant', content: '' }),
    ...splitIntoChunks(choice.text).map((content) => chunk({ content })),
    ...(choice.toolCalls.length === 0 ? [] : [chunk(messageOf(choice))]),
    chunk({ content: '' }, choice.finish),
    { data: '[DONE]' },
  ];
}

function errorEvent(message: string): StreamEvent {
  return { data: { error: { message, type: 'server_error', param: null, code: null } } };
}

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
import type { ModelRequest, ToolOffer, Turn } from '../model-request.ts';
import { requireModel } from '../models.ts';
import { pauseForWhole, type StreamEvent, sendEvents } from '../sse.ts';
import { splitArguments, splitIntoChunks } from '../tokens.ts';

const FINISH: Readonly<Record<Completion['finish'], string>> = {
  stop: 'COMPLETE',
  length: 'MAX_TOKENS',
  tool_calls: 'TOOL_CALL',
  content_filter: 'ERROR',
};
/** Tokens that the model itself adds to a prompt. They are counted but not billed. */
const FRAME_TOKENS = 60;

/** `POST /v2/chat`. https://docs.cohere.com/v2/reference/chat */
export const cohereChat: Endpoint = async (body, response, context) => {
  const request = decodeRequest(readRecord(body, 'body'));
  const completion = complete(request, await context.decide(request), context.pace, context.nextId);
  const usage = {
    billed_units: { input_tokens: completion.inputTokens, output_tokens: completion.outputTokens },
    tokens: { input_tokens: completion.inputTokens + FRAME_TOKENS, output_tokens: completion.outputTokens },
    cached_tokens: context.cache.readPrefix(request.model, promptText(request)),
  };
  const id = context.nextId('chat');
  const finish = FINISH[completion.finish];
  if (request.stream) {
    await sendEvents(
      response,
      events(id, completion, { finish_reason: finish, usage }),
      completion,
      (message) => ({
        data: { type: 'message-end', delta: { finish_reason: 'ERROR', error: message } },
      }),
    );
    return;
  }
  await pauseForWhole(completion);
  if (cutConnection(response, completion)) return;
  const calls = completion.toolCalls.map(wireCall);
  sendJson(response, 200, {
    id,
    finish_reason: finish,
    message: {
      role: 'assistant',
      ...(completion.text !== '' && { content: [{ type: 'text', text: completion.text }] }),
      ...(calls.length > 0 && { tool_calls: calls, tool_plan: PLAN }),
    },
    usage,
  });
};

const PLAN = 'I will look that up.';

function wireCall(call: Completion['toolCalls'][number]) {
  return {
    id: call.id,
    type: 'function',
    function: { name: call.name, arguments: JSON.stringify(call.arguments) },
  };
}

function events(id: string, completion: Completion, end: unknown): StreamEvent[] {
  const event = (type: string, more: object, generated = false): StreamEvent => ({
    data: { type, ...more },
    generated,
  });
  const delta = (message: object) => ({ delta: { message } });
  const text =
    completion.text === ''
      ? []
      : [
          event('content-start', { index: 0, ...delta({ content: { type: 'text', text: '' } }) }),
          ...splitIntoChunks(completion.text).map((piece) =>
            event('content-delta', { index: 0, ...delta({ content: { text: piece } }) }, true),
          ),
          event('content-end', { index: 0 }),
        ];
  const plan =
    completion.toolCalls.length === 0
      ? []
      : splitIntoChunks(PLAN).map((piece) => event('tool-plan-delta', delta({ tool_plan: piece }), true));
  const calls = completion.toolCalls.flatMap((call, index) => {
    const whole = wireCall(call);
    return [
      event(
        'tool-call-start',
        { index, ...delta({ tool_calls: { ...whole, function: { ...whole.function, arguments: '' } } }) },
        true,
      ),
      ...splitArguments(whole.function.arguments).map((piece) =>
        event(
          'tool-call-delta',
          { index, ...delta({ tool_calls: { function: { arguments: piece } } }) },
          true,
        ),
      ),
      event('tool-call-end', { index }),
    ];
  });
  return [
    event('message-start', {
      id,
      ...delta({ role: 'assistant', content: [], tool_plan: '', tool_calls: [] }),
    }),
    ...text,
    ...plan,
    ...calls,
    event('message-end', { id, delta: end }),
  ];
}

function decodeRequest(body: JsonRecord): ModelRequest {
  const model = readString(body.model, 'model');
  requireModel('cohere', model);
  const maxTokens = readCount(body.max_tokens, 'max_tokens');
  return {
    api: 'cohere',
    model,
    turns: readArray(body.messages, 'messages').map((message) =>
      decodeMessage(readRecord(message, 'messages')),
    ),
    tools: readArray(body.tools ?? [], 'tools').map((tool) => decodeTool(readRecord(tool, 'tools'))),
    toolChoice: body.tool_choice === 'REQUIRED' ? 'required' : body.tool_choice === 'NONE' ? 'none' : 'auto',
    parallelToolCalls: true,
    ...(maxTokens !== undefined && { maxTokens }),
    reasoning: false,
    stream: body.stream === true,
    choices: 1,
  };
}

function decodeMessage(message: JsonRecord): Turn {
  const { role } = message;
  const calls = Array.isArray(message.tool_calls) ? message.tool_calls.filter(isRecord) : [];
  return {
    role: role === 'system' || role === 'assistant' || role === 'tool' ? role : 'user',
    text: textOf(message.content),
    images: [],
    toolCalls: calls.map((call) => {
      const called = isRecord(call.function) ? call.function : {};
      return { id: String(call.id), name: String(called.name), arguments: parseArguments(called.arguments) };
    }),
    ...(typeof message.tool_call_id === 'string' && { toolCallId: message.tool_call_id }),
  };
}

function decodeTool(tool: JsonRecord): ToolOffer {
  const offered = readRecord(tool.function, 'tools.function');
  return {
    name: readString(offered.name, 'tools.function.name'),
    description: typeof offered.description === 'string' ? offered.description : '',
    parameters: isRecord(offered.parameters) ? offered.parameters : {},
  };
}

function textOf(content: unknown): string {
  if (typeof content === 'string') return content;
  return Array.isArray(content)
    ? content
        .filter(isRecord)
        .map(({ text }) => (typeof text === 'string' ? text : ''))
        .join('\n')
    : '';
}

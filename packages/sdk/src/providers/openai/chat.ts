import { messagesFromJson } from '@throughline/spans';
import { choiceCount, type Json, list, number, present, record, text, texts } from '../../core/json.ts';
import type { CallFacts, Operation } from '../operation.ts';
import type { UsageRequest } from '../stainless/stainless.ts';
import { chatAnswer } from './chat-answer.ts';
import { ChatAccumulator } from './chat-stream.ts';
import { outputType } from './output-type.ts';

/** Chat Completions. Source: platform.openai.com/docs/api-reference/chat */
export const chat: Operation = {
  operation: 'chat',
  kind: 'llm',
  request: (body) => ({
    inputMessages: () => messagesFromJson(body.messages, 'user') ?? [],
    ...(body.tools === undefined ? {} : { toolDefinitions: () => list(body.tools) }),
    parameters: chatParameters(body),
    attributes: present({
      'openai.api.type': 'chat_completions',
      'openai.request.service_tier': text(body.service_tier),
      'gen_ai.output.type': list(body.modalities).includes('audio')
        ? 'speech'
        : outputType(body.response_format),
    }),
  }),
  response: (answer) => chatAnswer(record(answer)),
  stream: (options) => new ChatAccumulator(options),
};

/** Completions, the older API with a single prompt instead of messages. */
export const completion: Operation = {
  operation: 'text_completion',
  kind: 'llm',
  request: (body) => ({
    inputMessages: () => messagesFromJson(body.prompt, 'user') ?? [],
    parameters: chatParameters(body),
    attributes: { 'openai.api.type': 'completions' },
  }),
  response: chat.response,
  stream: (options) => new ChatAccumulator(options),
};

function chatParameters(body: Json): NonNullable<CallFacts['parameters']> {
  const { stop } = body;
  return {
    temperature: number(body.temperature),
    top_p: number(body.top_p),
    max_tokens: number(body.max_completion_tokens) ?? number(body.max_tokens),
    frequency_penalty: number(body.frequency_penalty),
    presence_penalty: number(body.presence_penalty),
    seed: number(body.seed),
    stop_sequences: texts(Array.isArray(stop) ? stop : [stop]),
    'choice.count': choiceCount(body.n),
    'reasoning.level': text(body.reasoning_effort),
    stream: body.stream === true ? true : undefined,
  };
}

/** Requests the usage of streamed chats, which servers do not report by default. */
export const chatUsageRequest: UsageRequest = {
  extend: (body, client) => {
    if (body.stream !== true) return undefined;
    const options = record(body.stream_options);
    // The application has turned usage on or off itself.
    if (options.include_usage !== undefined) return undefined;
    if (!supportsStreamOptions(body, client)) return undefined;
    return { ...body, stream_options: { ...options, include_usage: true } };
  },
  isExtra: (chunk) => {
    const { usage, choices } = record(chunk);
    // If usage is requested, all other chunks contain `usage: null`. Remove it, as the application did not request it.
    if (usage === null) delete (chunk as { usage?: unknown }).usage;
    return typeof usage === 'object' && usage !== null && Array.isArray(choices) && choices.length === 0;
  },
  isRefusal: (error) => {
    const { status, message } = record(error);
    return (
      (status === 400 || status === 422) &&
      /stream_options|include_usage/.test(typeof message === 'string' ? message : '')
    );
  },
};

/** Azure supports the option since the API of September 2024, but not together with its own data sources. */
function supportsStreamOptions(body: Json, client: Json): boolean {
  const { apiVersion } = client;
  return body.data_sources === undefined && !(typeof apiVersion === 'string' && apiVersion < '2024-09');
}

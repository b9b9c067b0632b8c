import { messagesFromJson } from '@throughline/spans';
import { choiceCount, type Json, list, number, present, record, text, texts } from '../../core/json.ts';
import { chatAnswer } from '../openai/chat-answer.ts';
import { ChatAccumulator } from '../openai/chat-stream.ts';
import {
  type Accumulator,
  type AccumulatorOptions,
  type CallFacts,
  type Operation,
  streamed,
} from '../operation.ts';

/*
 * Mistral's client uses OpenAI's chat format with camel case names. They are converted back to the names of the API and
 * then read like OpenAI's.
 * Source: docs.mistral.ai/api
 */

/** Chat, agents and fill-in-the-middle without streaming. */
export const mistralChat: Operation = {
  operation: 'chat',
  kind: 'llm',
  request,
  response: (answer) => chatAnswer(wireAnswer(record(answer))),
};

export const mistralChatStream = streamed(mistralChat, (options) => new MistralAccumulator(options));

function request(body: Json): CallFacts {
  const { stop, tools, prompt, suffix } = body;
  const format = record(body.responseFormat).type;
  return {
    inputMessages: () =>
      prompt === undefined
        ? (messagesFromJson(list(body.messages).map(wireMessage), 'user') ?? [])
        : (messagesFromJson(
            [prompt, suffix].filter((part) => typeof part === 'string'),
            'user',
          ) ?? []),
    ...(tools === undefined || tools === null ? {} : { toolDefinitions: () => list(tools) }),
    parameters: {
      temperature: number(body.temperature),
      top_p: number(body.topP),
      max_tokens: number(body.maxTokens),
      seed: number(body.randomSeed),
      frequency_penalty: number(body.frequencyPenalty),
      presence_penalty: number(body.presencePenalty),
      stop_sequences: texts(Array.isArray(stop) ? stop : [stop]),
      'choice.count': choiceCount(body.n),
      'reasoning.level': text(body.reasoningEffort),
    },
    attributes: present({
      'gen_ai.output.type': format === 'json_object' || format === 'json_schema' ? 'json' : undefined,
      'gen_ai.agent.id': text(body.agentId),
    }),
  };
}

class MistralAccumulator implements Accumulator {
  readonly #chat: ChatAccumulator;

  constructor(options: AccumulatorOptions) {
    this.#chat = new ChatAccumulator(options);
  }

  add(event: unknown): boolean {
    return this.#chat.add(wireAnswer(record(record(event).data)));
  }

  answer(): CallFacts {
    return this.#chat.answer();
  }
}

function wireAnswer(answer: Json): Json {
  return {
    id: answer.id,
    model: answer.model,
    usage: answer.usage === undefined ? undefined : mistralUsage(answer.usage),
    choices: list(answer.choices).map((choice) => {
      const { index, finishReason, message, delta } = record(choice);
      return {
        index,
        finish_reason: finishReason,
        ...(message === undefined ? {} : { message: wireMessage(message) }),
        ...(delta === undefined ? {} : { delta: wireDelta(record(delta)) }),
      };
    }),
  };
}

/** The client does not convert members that it does not know. Version 1 puts them into `additionalProperties`. */
export function mistralUsage(usage: unknown): Json {
  const given = record(usage);
  return {
    ...record(given.additionalProperties),
    ...given,
    prompt_tokens: given.promptTokens,
    completion_tokens: given.completionTokens,
  };
}

function wireMessage(message: unknown): Json {
  const given = record(message);
  const calls = list(given.toolCalls);
  return {
    role: given.role,
    content: Array.isArray(given.content) ? given.content.map(wireChunk) : given.content,
    name: given.name,
    tool_call_id: given.toolCallId,
    ...(calls.length === 0 ? {} : { tool_calls: calls }),
  };
}

const CHUNK_KEYS: Readonly<Record<string, string>> = {
  imageUrl: 'image_url',
  documentUrl: 'document_url',
  inputAudio: 'input_audio',
  fileId: 'file_id',
  referenceIds: 'reference_ids',
};

function wireChunk(chunk: unknown): Json {
  return Object.fromEntries(
    Object.entries(record(chunk)).map(([key, value]) => [CHUNK_KEYS[key] ?? key, value]),
  );
}

/** Converts the delta of a chunk. Reasoning is a list of blocks in the content. Each tool call is complete in one chunk. */
function wireDelta(delta: Json): Json {
  const blocks = Array.isArray(delta.content) ? delta.content.map(record) : [];
  return {
    role: delta.role,
    content: Array.isArray(delta.content)
      ? blocks.map(({ text: piece }) => piece ?? '').join('')
      : delta.content,
    reasoning_content: blocks
      .flatMap(({ thinking }) => list(thinking))
      .map((block) => record(block).text ?? '')
      .join(''),
    tool_calls: list(delta.toolCalls).map((call, position) => {
      const given = record(call);
      const called = record(given.function);
      const { arguments: args } = called;
      return {
        id: given.id,
        index: number(given.index) || position,
        function: { name: called.name, arguments: typeof args === 'string' ? args : JSON.stringify(args) },
      };
    }),
  };
}

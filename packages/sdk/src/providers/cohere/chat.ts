import { type Message, messagesFromJson, type Usage } from '@throughline/spans';
import { type Json, list, number, present, record, text, texts } from '../../core/json.ts';
import {
  type Accumulator,
  type AccumulatorOptions,
  type CallFacts,
  type Operation,
  streamed,
} from '../operation.ts';
import { TextPieces } from '../text-pieces.ts';

/** Chat of API version 2, with the client's camel case names. Source: docs.cohere.com/v2/reference/chat */
export const cohereChat: Operation = {
  operation: 'chat',
  kind: 'llm',
  request,
  response: (answer) => chatAnswer(record(answer)),
};

export const cohereChatStream = streamed(cohereChat, (options) => new CohereAccumulator(options));

function request(body: Json): CallFacts {
  const { tools } = body;
  const format = record(body.responseFormat).type;
  return {
    inputMessages: () => messagesFromJson(list(body.messages).map(wireMessage), 'user') ?? [],
    ...(tools === undefined ? {} : { toolDefinitions: () => list(tools) }),
    parameters: {
      temperature: number(body.temperature),
      top_p: number(body.p),
      top_k: number(body.k),
      max_tokens: number(body.maxTokens),
      seed: number(body.seed),
      frequency_penalty: number(body.frequencyPenalty),
      presence_penalty: number(body.presencePenalty),
      stop_sequences: texts(list(body.stopSequences)),
    },
    attributes: present({ 'gen_ai.output.type': format === 'json_object' ? 'json' : undefined }),
  };
}

/** Reads a member by its camel case or snake case name. Clients do not convert members that they do not know. */
function member(given: Json, name: string): unknown {
  return given[name] ?? given[name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`)];
}

function chatAnswer(answer: Json): CallFacts {
  const reason = text(member(answer, 'finishReason'));
  return {
    responseId: text(answer.id),
    finishReasons: texts([reason]),
    usage: chatUsage(record(answer.usage)),
    outputMessages: () => outputMessages(record(answer.message), reason),
  };
}

/** Prefers billed tokens, which exclude the tokens that the model adds to a prompt. */
function chatUsage(usage: Json): Usage {
  const billed = record(member(usage, 'billedUnits'));
  const counted = record(usage.tokens);
  return present({
    inputTokens: number(member(billed, 'inputTokens')) ?? number(member(counted, 'inputTokens')),
    outputTokens: number(member(billed, 'outputTokens')) ?? number(member(counted, 'outputTokens')),
    cacheReadTokens: number(member(usage, 'cachedTokens')),
  });
}

function outputMessages(message: Json, reason: string | undefined): readonly Message[] {
  return messagesFromJson([{ ...wireMessage(message), finish_reason: reason }], 'assistant') ?? [];
}

/** Converts a message to the API's names. The tool plan becomes reasoning content. */
function wireMessage(message: unknown): Json {
  const given = record(message);
  const calls = list(member(given, 'toolCalls'));
  return {
    role: given.role ?? 'assistant',
    content: Array.isArray(given.content)
      ? given.content.map((block) => {
          const { imageUrl, ...rest } = record(block);
          return imageUrl === undefined ? rest : { ...rest, image_url: imageUrl };
        })
      : given.content,
    tool_call_id: given.toolCallId,
    ...(typeof given.toolPlan === 'string' ? { reasoning_content: given.toolPlan } : {}),
    ...(calls.length === 0 ? {} : { tool_calls: calls }),
  };
}

const MAX_BLOCKS = 1_000;

class CohereAccumulator implements Accumulator {
  readonly #pieces: TextPieces;
  readonly #keepsContent: boolean;
  /** Types of the content blocks, by index. */
  readonly #blocks = new Map<number, string>();
  readonly #calls = new Map<number, Json>();
  #id: unknown;
  #end: Json = {};

  constructor({ maxCharacters, keepsContent }: AccumulatorOptions) {
    this.#pieces = new TextPieces(maxCharacters);
    this.#keepsContent = keepsContent;
  }

  add(event: unknown): boolean {
    const given = record(event);
    const at = typeof given.index === 'number' ? given.index : 0;
    const delta = record(given.delta);
    const message = record(delta.message);
    switch (given.type) {
      case 'message-start':
        this.#id = given.id;
        return false;
      case 'content-start':
      case 'content-delta':
        return this.#addContent(at, record(message.content));
      case 'tool-plan-delta':
        return this.#pieces.add('plan', member(message, 'toolPlan'));
      case 'tool-call-start':
        if (this.#calls.size < MAX_BLOCKS) this.#calls.set(at, record(member(message, 'toolCalls')));
        this.#pieces.add(`call.${at}`, record(record(member(message, 'toolCalls')).function).arguments);
        return true;
      case 'tool-call-delta':
        this.#pieces.add(`call.${at}`, record(record(member(message, 'toolCalls')).function).arguments);
        return true;
      case 'message-end':
        this.#end = delta;
        return false;
      default:
        return false;
    }
  }

  answer(): CallFacts {
    return chatAnswer({
      ...this.#end,
      id: this.#id,
      message: this.#keepsContent ? this.#whole() : {},
    });
  }

  #addContent(at: number, content: Json): boolean {
    const kind = typeof content.thinking === 'string' ? 'thinking' : 'text';
    if (!this.#blocks.has(at) && this.#blocks.size < MAX_BLOCKS) this.#blocks.set(at, kind);
    return this.#pieces.add(`block.${at}`, content[kind]);
  }

  #whole(): Json {
    return {
      role: 'assistant',
      toolPlan: this.#pieces.get('plan'),
      content: [...this.#blocks].map(([at, type]) => ({
        type,
        [type]: this.#pieces.get(`block.${at}`) ?? '',
      })),
      toolCalls: [...this.#calls].map(([at, call]) => ({
        ...call,
        function: { ...record(call.function), arguments: this.#pieces.get(`call.${at}`) ?? '' },
      })),
    };
  }
}

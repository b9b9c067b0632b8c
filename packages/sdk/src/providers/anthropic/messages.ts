import { messagesFromJson, messagesFromResponse, toParts, type Usage } from '@throughline/spans';
import { type Json, list, number, present, record, sum, text, texts, word } from '../../core/json.ts';
import type { Accumulator, AccumulatorOptions, CallFacts, Operation } from '../operation.ts';
import { TextPieces } from '../text-pieces.ts';

/** Messages, including the beta API. Source: docs.anthropic.com/en/api/messages */
export const messages: Operation = {
  operation: 'chat',
  kind: 'llm',
  request: (body) => {
    const thinking = record(body.thinking);
    return {
      inputMessages: () => messagesFromJson(body.messages, 'user') ?? [],
      ...(body.system === undefined ? {} : { systemInstructions: () => toParts(body.system) }),
      ...(body.tools === undefined ? {} : { toolDefinitions: () => list(body.tools) }),
      parameters: {
        temperature: number(body.temperature),
        top_p: number(body.top_p),
        top_k: number(body.top_k),
        max_tokens: number(body.max_tokens),
        stop_sequences: texts(list(body.stop_sequences)),
        'reasoning.level': text(record(body.output_config).effort),
        stream: body.stream === true ? true : undefined,
      },
      attributes: present({
        'anthropic.thinking.type': text(thinking.type),
        'anthropic.thinking.budget_tokens': number(thinking.budget_tokens),
        'anthropic.request.service_tier': text(body.service_tier),
      }),
    };
  },
  response: (answer) => messageAnswer(record(answer)),
  stream: (options) => new MessageAccumulator(options),
};

export function messageAnswer(answer: Json): CallFacts {
  const usage = record(answer.usage);
  const written = record(usage.cache_creation);
  return {
    responseId: text(answer.id),
    responseModel: text(answer.model),
    finishReasons: texts([answer.stop_reason]),
    usage: messageUsage(usage),
    outputMessages: () => messagesFromResponse(answer) ?? [],
    attributes: present({
      'anthropic.usage.cache_creation.ephemeral_5m_input_tokens': number(written.ephemeral_5m_input_tokens),
      'anthropic.usage.cache_creation.ephemeral_1h_input_tokens': number(written.ephemeral_1h_input_tokens),
      'anthropic.response.service_tier': text(usage.service_tier),
    }),
  };
}

/** Anthropic's input tokens exclude cached tokens, so they are added. */
function messageUsage(usage: Json): Usage {
  const cacheReadTokens = number(usage.cache_read_input_tokens);
  const cacheWriteTokens = number(usage.cache_creation_input_tokens);
  return present({
    inputTokens: sum(usage.input_tokens, cacheReadTokens, cacheWriteTokens),
    outputTokens: number(usage.output_tokens),
    cacheReadTokens,
    cacheWriteTokens,
    reasoningTokens: number(record(usage.output_tokens_details).thinking_tokens),
  });
}

/** For each type of delta: the member with the text, and the member of the block to which it is appended. */
const DELTAS: Readonly<Record<string, readonly [from: string, to: string]>> = {
  text_delta: ['text', 'text'],
  thinking_delta: ['thinking', 'thinking'],
  signature_delta: ['signature', 'signature'],
  input_json_delta: ['partial_json', 'input'],
  compaction_delta: ['content', 'content'],
};

const MAX_BLOCKS = 2_000;

/** Combines the events of a stream to the complete message. */
export class MessageAccumulator implements Accumulator {
  readonly #pieces: TextPieces;
  readonly #keepsContent: boolean;
  readonly #blocks = new Map<number, Json>();
  #message: Json = {};
  #stopReason: unknown;
  #usage: Json = {};

  constructor({ maxCharacters, keepsContent }: AccumulatorOptions) {
    this.#pieces = new TextPieces(maxCharacters);
    this.#keepsContent = keepsContent;
  }

  add(event: unknown): boolean {
    const given = record(event);
    const at = typeof given.index === 'number' ? given.index : 0;
    switch (given.type) {
      case 'message_start':
        this.#message = record(given.message);
        this.#usage = { ...record(this.#message.usage) };
        return false;
      case 'content_block_start':
        if (this.#blocks.size < MAX_BLOCKS) this.#blocks.set(at, record(given.content_block));
        return false;
      case 'content_block_delta': {
        const delta = record(given.delta);
        const [from, to] = DELTAS[word(delta.type)] ?? [];
        if (from !== undefined) this.#pieces.add(`${at}.${to}`, delta[from]);
        return delta.type !== 'signature_delta';
      }
      case 'message_delta':
        this.#stopReason = record(given.delta).stop_reason ?? this.#stopReason;
        // These are cumulative counts. Counts that are left out have not changed.
        this.#usage = { ...this.#usage, ...present(record(given.usage)) };
        return false;
      default:
        return false;
    }
  }

  answer(): CallFacts {
    return messageAnswer({
      ...this.#message,
      role: this.#message.role ?? 'assistant',
      stop_reason: this.#stopReason,
      usage: this.#usage,
      content: this.#keepsContent
        ? [...this.#blocks].sort(([a], [b]) => a - b).map(([at, block]) => this.#whole(at, block))
        : [],
    });
  }

  #whole(at: number, block: Json): Json {
    const received = Object.values(DELTAS).map(([, to]) => [to, this.#pieces.get(`${at}.${to}`)] as const);
    return { ...block, ...Object.fromEntries(received.filter(([, piece]) => piece !== undefined)) };
  }
}

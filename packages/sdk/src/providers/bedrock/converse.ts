import type { Message, Usage } from '@throughline/spans';
import { type Json, list, number, present, record, sum, text, texts } from '../../core/json.ts';
import {
  type Accumulator,
  type AccumulatorOptions,
  type CallFacts,
  type Operation,
  streamed,
} from '../operation.ts';
import { TextPieces } from '../text-pieces.ts';
import { converseMessages, converseParts } from './content.ts';

/** Converse without streaming. Source: docs.aws.amazon.com/bedrock/latest/APIReference/API_runtime_Converse.html */
export const converse: Operation = {
  operation: 'chat',
  kind: 'llm',
  request: converseRequest,
  response: (answer) => converseAnswer(record(answer)),
};

export const converseStream = streamed(converse, (options) => new ConverseAccumulator(options));

export function converseRequest(body: Json): CallFacts {
  const config = record(body.inferenceConfig);
  const { tools } = record(body.toolConfig);
  const more = record(body.additionalModelRequestFields);
  return {
    inputMessages: () => converseMessages(body.messages),
    ...(body.system === undefined ? {} : { systemInstructions: () => converseParts(body.system) }),
    ...(tools === undefined ? {} : { toolDefinitions: () => list(tools) }),
    parameters: {
      temperature: number(config.temperature),
      top_p: number(config.topP),
      top_k: number(more.top_k) ?? number(config.topK),
      max_tokens: number(config.maxTokens) ?? number(config.max_new_tokens),
      stop_sequences: texts(list(config.stopSequences)),
    },
    attributes: present({
      'aws.bedrock.guardrail.id': text(record(body.guardrailConfig).guardrailIdentifier),
    }),
  };
}

export function converseAnswer(answer: Json): CallFacts {
  const reason = text(answer.stopReason);
  const { message } = record(answer.output);
  return {
    finishReasons: texts([reason]),
    usage: converseUsage(record(answer.usage)),
    outputMessages: () => (message === undefined ? [] : withReason(converseMessages([message]), reason)),
  };
}

function withReason(messages: Message[], reason: string | undefined): Message[] {
  return reason === undefined ? messages : messages.map((message) => ({ ...message, finish_reason: reason }));
}

/** Bedrock's input tokens exclude cached tokens, so they are added. */
function converseUsage(usage: Json): Usage {
  const cacheReadTokens = number(usage.cacheReadInputTokens) ?? number(usage.cacheReadInputTokenCount);
  const cacheWriteTokens = number(usage.cacheWriteInputTokens) ?? number(usage.cacheWriteInputTokenCount);
  return present({
    inputTokens: sum(usage.inputTokens, cacheReadTokens, cacheWriteTokens),
    outputTokens: number(usage.outputTokens),
    cacheReadTokens,
    cacheWriteTokens,
  });
}

const MAX_BLOCKS = 2_000;

export class ConverseAccumulator implements Accumulator {
  readonly #pieces: TextPieces;
  readonly #keepsContent: boolean;
  /** Content blocks by their index. */
  readonly #blocks = new Map<number, { kind: 'text' | 'toolUse' | 'reasoning'; start: Json }>();
  #role: unknown;
  #stopReason: unknown;
  #usage: unknown;

  constructor({ maxCharacters, keepsContent }: AccumulatorOptions) {
    this.#pieces = new TextPieces(maxCharacters);
    this.#keepsContent = keepsContent;
  }

  add(event: unknown): boolean {
    const { messageStart, contentBlockStart, contentBlockDelta, messageStop, metadata } = record(event);
    if (contentBlockDelta !== undefined) return this.#addDelta(record(contentBlockDelta));
    if (contentBlockStart !== undefined) {
      const { contentBlockIndex, start } = record(contentBlockStart);
      const { toolUse } = record(start);
      if (toolUse !== undefined) this.#open(number(contentBlockIndex) ?? 0, 'toolUse', record(toolUse));
      return toolUse !== undefined;
    }
    if (messageStart !== undefined) this.#role = record(messageStart).role;
    if (messageStop !== undefined) this.#stopReason = record(messageStop).stopReason;
    if (metadata !== undefined) this.#usage = record(metadata).usage;
    return false;
  }

  answer(): CallFacts {
    const content = this.#keepsContent
      ? [...this.#blocks].sort(([a], [b]) => a - b).map(([at]) => this.#whole(at))
      : [];
    return converseAnswer({
      stopReason: this.#stopReason,
      usage: this.#usage,
      output: { message: { role: this.#role ?? 'assistant', content } },
    });
  }

  #addDelta({ contentBlockIndex, delta }: Json): boolean {
    const at = number(contentBlockIndex) ?? 0;
    const { text: piece, toolUse, reasoningContent } = record(delta);
    if (piece !== undefined) {
      this.#open(at, 'text', {});
      return this.#pieces.add(`${at}`, piece);
    }
    if (toolUse !== undefined) {
      this.#open(at, 'toolUse', {});
      this.#pieces.add(`${at}`, record(toolUse).input);
      return true;
    }
    if (reasoningContent === undefined) return false;
    this.#open(at, 'reasoning', {});
    this.#pieces.add(`${at}.signature`, record(reasoningContent).signature);
    return this.#pieces.add(`${at}`, record(reasoningContent).text);
  }

  #open(at: number, kind: 'text' | 'toolUse' | 'reasoning', start: Json): void {
    if (!this.#blocks.has(at) && this.#blocks.size < MAX_BLOCKS) this.#blocks.set(at, { kind, start });
  }

  #whole(at: number): Json {
    const { kind, start } = this.#blocks.get(at) ?? { kind: 'text', start: {} };
    const received = this.#pieces.get(`${at}`) ?? '';
    if (kind === 'toolUse') return { toolUse: { ...start, input: parsed(received) } };
    if (kind === 'text') return { text: received };
    return {
      reasoningContent: { reasoningText: { text: received, signature: this.#pieces.get(`${at}.signature`) } },
    };
  }
}

/** Parses JSON arguments. Returns incomplete JSON as text. */
function parsed(json: string): unknown {
  try {
    return JSON.parse(json);
  } catch {
    return json;
  }
}

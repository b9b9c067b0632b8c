import {
  type Message,
  messagesFromJson,
  messagesFromResponse,
  toParts,
  type Usage,
} from '@throughline/spans';
import { choiceCount, type Json, list, number, present, record, sum, text, texts } from '../../core/json.ts';
import {
  type Accumulator,
  type AccumulatorOptions,
  type CallFacts,
  type Operation,
  streamed,
} from '../operation.ts';
import { TextPieces } from '../text-pieces.ts';

/** generateContent of the Gemini API and Vertex AI. Source: ai.google.dev/api/generate-content */
export const generateContent: Operation = {
  operation: 'generate_content',
  kind: 'llm',
  request,
  response: (answer) => contentAnswer(record(answer)),
};

export const generateContentStream = streamed(generateContent, (options) => new ContentAccumulator(options));

function request(body: Json): CallFacts {
  const config = record(body.config);
  const { systemInstruction: system, tools } = config;
  return {
    inputMessages: () => contentMessages(body.contents),
    ...(system === undefined ? {} : { systemInstructions: () => toParts(record(system).parts ?? system) }),
    ...(tools === undefined ? {} : { toolDefinitions: () => list(tools) }),
    parameters: {
      temperature: number(config.temperature),
      top_p: number(config.topP),
      top_k: number(config.topK),
      max_tokens: number(config.maxOutputTokens),
      seed: number(config.seed),
      frequency_penalty: number(config.frequencyPenalty),
      presence_penalty: number(config.presencePenalty),
      stop_sequences: texts(list(config.stopSequences)),
      'choice.count': choiceCount(config.candidateCount),
      'reasoning.level': text(record(config.thinkingConfig).thinkingLevel),
    },
    attributes: present({
      'gen_ai.output.type': config.responseMimeType === 'application/json' ? 'json' : undefined,
    }),
  };
}

/** Accepts a text, a part, a content with a role, or a list of these. Parts without a role belong to the user. */
export function contentMessages(contents: unknown): readonly Message[] {
  const items = Array.isArray(contents) ? contents : [contents];
  return items.flatMap((item) =>
    typeof item === 'string' || record(item).parts !== undefined
      ? (messagesFromJson(item, 'user') ?? [])
      : [{ role: 'user', parts: toParts(item) }],
  );
}

function contentAnswer(answer: Json): CallFacts {
  const candidates = list(answer.candidates);
  const reasons = texts(candidates.map((candidate) => record(candidate).finishReason));
  return {
    responseId: text(answer.responseId),
    responseModel: text(answer.modelVersion),
    // The response to a blocked prompt has no candidates with a finish reason.
    finishReasons: reasons ?? texts([record(answer.promptFeedback).blockReason]),
    usage: contentUsage(record(answer.usageMetadata)),
    outputMessages: () => messagesFromResponse({ candidates }) ?? [],
    attributes: modalities(record(answer.usageMetadata)),
  };
}

/** Gemini counts thoughts and tool results separately, so they are added. Cached tokens are already included. */
function contentUsage(usage: Json): Usage {
  return present({
    inputTokens: sum(usage.promptTokenCount, usage.toolUsePromptTokenCount),
    outputTokens: sum(usage.candidatesTokenCount, usage.thoughtsTokenCount),
    cacheReadTokens: number(usage.cachedContentTokenCount),
    reasoningTokens: number(usage.thoughtsTokenCount),
    audioInputTokens: tokensOf(usage.promptTokensDetails, 'AUDIO'),
    audioOutputTokens: tokensOf(usage.candidatesTokensDetails, 'AUDIO'),
  });
}

function modalities(usage: Json): Record<string, number> {
  return present({
    'gen_ai.usage.image.input_tokens': tokensOf(usage.promptTokensDetails, 'IMAGE'),
    'gen_ai.usage.video.input_tokens': tokensOf(usage.promptTokensDetails, 'VIDEO'),
    'gen_ai.usage.image.output_tokens': tokensOf(usage.candidatesTokensDetails, 'IMAGE'),
    'gen_ai.usage.audio.cache_read.input_tokens': tokensOf(usage.cacheTokensDetails, 'AUDIO'),
  }) as Record<string, number>;
}

function tokensOf(details: unknown, modality: string): number | undefined {
  return sum(
    ...list(details).map((entry) =>
      record(entry).modality === modality ? record(entry).tokenCount : undefined,
    ),
  );
}

const MAX_CANDIDATES = 64;
const MAX_PARTS = 5_000;

interface Candidate {
  finishReason: unknown;
  /** Texts are stored as the key of their pieces, other parts as they are. */
  readonly parts: (Json | { readonly key: string; readonly isThought: boolean })[];
}

/** Each chunk is a response with the next piece. Consecutive texts of the same kind are joined; other parts are kept. */
class ContentAccumulator implements Accumulator {
  readonly #pieces: TextPieces;
  readonly #keepsContent: boolean;
  readonly #candidates = new Map<number, Candidate>();
  #last: Json = {};
  #usage: Json = {};

  constructor({ maxCharacters, keepsContent }: AccumulatorOptions) {
    this.#pieces = new TextPieces(maxCharacters);
    this.#keepsContent = keepsContent;
  }

  add(chunk: unknown): boolean {
    const given = record(chunk);
    const { responseId, modelVersion, promptFeedback, usageMetadata } = given;
    this.#last = { ...this.#last, ...present({ responseId, modelVersion, promptFeedback }) };
    if (usageMetadata !== undefined) this.#usage = { ...this.#usage, ...record(usageMetadata) };
    let hasContent = false;
    for (const candidate of list(given.candidates)) {
      hasContent = this.#addCandidate(record(candidate)) || hasContent;
    }
    return hasContent;
  }

  answer(): CallFacts {
    return contentAnswer({
      ...this.#last,
      usageMetadata: this.#usage,
      candidates: [...this.#candidates.values()].map(({ finishReason, parts }) => ({
        finishReason,
        content: { role: 'model', parts: parts.map((part) => this.#whole(part)) },
      })),
    });
  }

  #addCandidate(given: Json): boolean {
    const index = typeof given.index === 'number' ? given.index : 0;
    let candidate = this.#candidates.get(index);
    if (candidate === undefined) {
      if (this.#candidates.size >= MAX_CANDIDATES) return false;
      candidate = { finishReason: undefined, parts: [] };
      this.#candidates.set(index, candidate);
    }
    candidate.finishReason = given.finishReason ?? candidate.finishReason;
    const parts = list(record(given.content).parts).map(record);
    if (this.#keepsContent) for (const part of parts) this.#addPart(index, candidate, part);
    return parts.some((part) => part.text !== '');
  }

  #addPart(index: number, { parts }: Candidate, part: Json): void {
    if (typeof part.text !== 'string') {
      if (parts.length < MAX_PARTS) parts.push(part);
      return;
    }
    const isThought = part.thought === true;
    const last = parts.at(-1);
    const isNext = last !== undefined && 'isThought' in last && last.isThought === isThought;
    const key = isNext ? String(last.key) : `${index}.${parts.length}`;
    if (!isNext && part.text !== '' && parts.length < MAX_PARTS) parts.push({ key, isThought });
    this.#pieces.add(key, part.text);
  }

  #whole(part: Json | { readonly key: string; readonly isThought: boolean }): Json {
    if (!('isThought' in part)) return part;
    const whole = { text: this.#pieces.get(String(part.key)) ?? '' };
    return part.isThought === true ? { ...whole, thought: true } : whole;
  }
}

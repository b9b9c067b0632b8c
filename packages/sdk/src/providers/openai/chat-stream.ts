import { type Json, list, record, text } from '../../core/json.ts';
import type { Accumulator, AccumulatorOptions, CallFacts } from '../operation.ts';
import { TextPieces } from '../text-pieces.ts';
import { chatAnswer } from './chat-answer.ts';

/** Bound memory if a server sends endless choices or tool calls. */
const MAX_CHOICES = 128;
const MAX_CALLS = 512;

interface Choice {
  role: string | undefined;
  finishReason: string | undefined;
  /** Tool calls by their index in the stream. */
  readonly calls: Map<number, { id: string | undefined; name: string | undefined }>;
  audioId: string | undefined;
}

/** Members of a delta that contain text. Compatible servers use different names for reasoning. */
const TEXTS = ['content', 'refusal', 'reasoning_content', 'reasoning'] as const;

/** Combines the chunks of Chat Completions and Completions to the equivalent complete response. */
export class ChatAccumulator implements Accumulator {
  readonly #pieces: TextPieces;
  readonly #keepsContent: boolean;
  readonly #head: Record<string, unknown> = {};
  readonly #choices = new Map<number, Choice>();
  #usage: unknown;

  constructor({ maxCharacters, keepsContent }: AccumulatorOptions) {
    this.#pieces = new TextPieces(maxCharacters);
    this.#keepsContent = keepsContent;
  }

  add(chunk: unknown): boolean {
    const given = record(chunk);
    for (const key of ['id', 'model', 'service_tier', 'system_fingerprint']) {
      const value = text(given[key]);
      if (value !== undefined) this.#head[key] = value;
    }
    // Groq reports usage in a separate member.
    const usage = given.usage ?? record(given.x_groq).usage;
    if (typeof usage === 'object' && usage !== null) this.#usage = usage;
    let hasContent = false;
    for (const choice of list(given.choices)) hasContent = this.#addChoice(record(choice)) || hasContent;
    return hasContent;
  }

  answer(): CallFacts {
    return chatAnswer({
      ...this.#head,
      usage: this.#usage,
      choices: [...this.#choices]
        .sort(([a], [b]) => a - b)
        .map(([index, choice]) => this.#whole(index, choice)),
    });
  }

  #addChoice(given: Json): boolean {
    const index = typeof given.index === 'number' ? given.index : 0;
    const choice = this.#choices.get(index) ?? this.#open(index);
    if (choice === undefined) return false;
    choice.finishReason = text(given.finish_reason) ?? choice.finishReason;
    const delta = record(given.delta);
    choice.role = text(delta.role) ?? choice.role;
    let hasContent = this.#pieces.add(`${index}.text`, given.text);
    for (const key of TEXTS) hasContent = this.#pieces.add(`${index}.${key}`, delta[key]) || hasContent;
    if (delta.audio !== undefined)
      hasContent = this.#addAudio(index, choice, record(delta.audio)) || hasContent;
    for (const call of list(delta.tool_calls))
      hasContent = this.#addCall(index, choice, record(call)) || hasContent;
    if (delta.function_call !== undefined)
      hasContent = this.#addCall(index, choice, { index: 0, function: delta.function_call }) || hasContent;
    return hasContent;
  }

  #open(index: number): Choice | undefined {
    if (this.#choices.size >= MAX_CHOICES) return undefined;
    const choice: Choice = { role: undefined, finishReason: undefined, calls: new Map(), audioId: undefined };
    this.#choices.set(index, choice);
    return choice;
  }

  #addCall(index: number, choice: Choice, given: Json): boolean {
    const at = typeof given.index === 'number' ? given.index : choice.calls.size;
    const called = record(given.function ?? given.custom);
    let call = choice.calls.get(at);
    if (call === undefined) {
      if (choice.calls.size >= MAX_CALLS) return true;
      call = { id: undefined, name: undefined };
      choice.calls.set(at, call);
    }
    call.id = text(given.id) ?? call.id;
    call.name = text(called.name) ?? call.name;
    this.#pieces.add(`${index}.call.${at}`, called.arguments ?? called.input);
    return true;
  }

  #addAudio(index: number, choice: Choice, audio: Json): boolean {
    choice.audioId = text(audio.id) ?? choice.audioId;
    const hasSound = this.#pieces.add(`${index}.audio`, audio.data);
    return this.#pieces.add(`${index}.transcript`, audio.transcript) || hasSound;
  }

  #whole(index: number, { role, finishReason, calls, audioId }: Choice): Json {
    if (!this.#keepsContent) return { index, finish_reason: finishReason };
    const toolCalls = [...calls].map(([at, { id, name }]) => ({
      id,
      type: 'function',
      function: { name, arguments: this.#pieces.get(`${index}.call.${at}`) ?? '' },
    }));
    const completed = this.#pieces.get(`${index}.text`);
    if (completed !== undefined) return { index, text: completed, finish_reason: finishReason };
    return {
      index,
      finish_reason: finishReason,
      message: {
        role: role ?? 'assistant',
        ...Object.fromEntries(TEXTS.map((key) => [key, this.#pieces.get(`${index}.${key}`)])),
        ...(toolCalls.length === 0 ? {} : { tool_calls: toolCalls }),
        ...(audioId === undefined
          ? {}
          : {
              audio: {
                id: audioId,
                data: this.#pieces.get(`${index}.audio`),
                transcript: this.#pieces.get(`${index}.transcript`),
              },
            }),
      },
    };
  }
}

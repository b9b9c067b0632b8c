import { number, present, record, text, word } from '../../core/json.ts';
import type { Accumulator, AccumulatorOptions, CallFacts, Operation } from '../operation.ts';
import { TextPieces } from '../text-pieces.ts';
import { mediaInput } from './media-input.ts';
import { modalityAttributes, responsesUsage } from './usage.ts';

/** Text to speech. The audio is not read, because the application consumes it. */
export const speech: Operation = {
  operation: 'generate_content',
  kind: 'llm',
  request: (body) => ({
    inputMessages: () => mediaInput(body.input, [], 'audio'),
    ...(typeof body.instructions === 'string'
      ? { systemInstructions: () => [{ type: 'text' as const, content: word(body.instructions) }] }
      : {}),
    attributes: present({
      'gen_ai.output.type': 'speech',
      'openai.request.audio.voice': text(body.voice),
      'openai.request.audio.format': text(body.response_format),
    }),
  }),
  response: (answer) => {
    const headers = record(answer).headers;
    const type = headers instanceof Headers ? headers.get('content-type') : null;
    return { attributes: present({ 'openai.response.audio.content_type': type ?? undefined }) };
  },
};

/** Speech to text: transcriptions and translations. */
export const transcription: Operation = {
  operation: 'generate_content',
  kind: 'llm',
  request: (body) => ({
    inputMessages: () => mediaInput(body.prompt, [body.file], 'audio'),
    parameters: { temperature: number(body.temperature) },
    attributes: present({
      'gen_ai.output.type': 'text',
      'openai.request.audio.language': text(body.language),
    }),
  }),
  response: (answer) =>
    typeof answer === 'string' ? transcript(answer, {}) : transcript(record(answer).text, answer),
  stream: (options) => new TranscriptAccumulator(options),
};

function transcript(spoken: unknown, answer: unknown): CallFacts {
  const { usage, duration } = record(answer);
  return {
    usage: responsesUsage(usage),
    outputMessages: () =>
      typeof spoken === 'string' ? [{ role: 'assistant', parts: [{ type: 'text', content: spoken }] }] : [],
    attributes: {
      ...modalityAttributes(usage),
      // Whisper is billed by the second.
      ...present({ 'openai.response.audio.seconds': number(record(usage).seconds) ?? number(duration) }),
    },
  };
}

class TranscriptAccumulator implements Accumulator {
  readonly #pieces: TextPieces;
  #done: unknown;

  constructor({ maxCharacters }: AccumulatorOptions) {
    this.#pieces = new TextPieces(maxCharacters);
  }

  add(event: unknown): boolean {
    const { type, delta } = record(event);
    if (type === 'transcript.text.done') this.#done = event;
    return this.#pieces.add('text', delta);
  }

  answer(): CallFacts {
    return transcript(this.#pieces.get('text'), this.#done);
  }
}

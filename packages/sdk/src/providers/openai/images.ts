import type { Message, MessagePart } from '@throughline/spans';
import { choiceCount, type Json, list, present, record, text, word } from '../../core/json.ts';
import type { Accumulator, CallFacts, Operation } from '../operation.ts';
import { mediaInput } from './media-input.ts';
import { modalityAttributes, responsesUsage } from './usage.ts';

/** Image generation, edits and variations. */
export const images: Operation = {
  operation: 'generate_content',
  kind: 'llm',
  request: (body) => ({
    inputMessages: () => mediaInput(body.prompt, [body.image, body.mask], 'image'),
    parameters: { 'choice.count': choiceCount(body.n) },
    attributes: present({
      'gen_ai.output.type': 'image',
      'openai.request.image.size': text(body.size),
      'openai.request.image.quality': text(body.quality),
    }),
  }),
  response: (answer, body) => imagesAnswer(record(answer), body),
  stream: ({ body }) => new ImagesAccumulator(body),
};

function imagesAnswer(answer: Json, body: Json): CallFacts {
  const format = text(answer.output_format) ?? text(body.output_format) ?? 'png';
  return {
    usage: responsesUsage(answer.usage),
    outputMessages: () => imageMessages(list(answer.data).map(record), `image/${format}`),
    attributes: modalityAttributes(answer.usage),
  };
}

function imageMessages(made: readonly Json[], mimeType: string): Message[] {
  return made.map((image) => {
    const parts: MessagePart[] = [];
    const url = text(image.url);
    const bytes = text(image.b64_json);
    const prompt = text(image.revised_prompt);
    if (url !== undefined) parts.push({ type: 'uri', modality: 'image', uri: url });
    if (bytes !== undefined)
      parts.push({ type: 'blob', modality: 'image', mime_type: mimeType, content: bytes });
    if (prompt !== undefined) parts.push({ type: 'text', content: prompt });
    return { role: 'assistant', parts };
  });
}

/** Streamed images: previews come first, and the last event contains the image. */
class ImagesAccumulator implements Accumulator {
  readonly #body: Json;
  #last: Json = {};
  #made: Json[] = [];

  constructor(body: Json) {
    this.#body = body;
  }

  add(event: unknown): boolean {
    const given = record(event);
    if (word(given.type).endsWith('.completed')) {
      this.#made = [...this.#made, { b64_json: given.b64_json }];
      this.#last = given;
    }
    return typeof given.b64_json === 'string';
  }

  answer(): CallFacts {
    return imagesAnswer({ ...this.#last, data: this.#made }, this.#body);
  }
}

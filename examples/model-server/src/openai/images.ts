import { complete } from '../completion.ts';
import { type Endpoint, sendJson } from '../context.ts';
import { readCount, readRecord } from '../decode.ts';
import { requireModel } from '../models.ts';
import { plainRequest } from '../plain-request.ts';
import { sendEvents } from '../sse.ts';
import { countTokens } from '../tokens.ts';

/** One red pixel. */
const PIXEL =
  'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mP8z8BQDwAEhQGAhKmMIQAAAABJRU5ErkJggg==';
const IMAGE_OUTPUT_TOKENS = 272;

/** `POST /v1/images/*`. https://platform.openai.com/docs/api-reference/images */
export const images: Endpoint = async (body, response, context) => {
  const fields = readRecord(body, 'body');
  const model = typeof fields.model === 'string' ? fields.model : 'gpt-image-1';
  requireModel('openai', model);
  const prompt = typeof fields.prompt === 'string' ? fields.prompt : '';
  const request = plainRequest('chat', model, prompt);
  const completion = complete(request, await context.decide(request), context.pace, context.nextId);
  const count = readCount(fields.n === undefined ? undefined : Number(fields.n), 'n') ?? 1;
  const text = countTokens(prompt);
  const usage = {
    input_tokens: text,
    input_tokens_details: { text_tokens: text, image_tokens: 0 },
    output_tokens: IMAGE_OUTPUT_TOKENS * count,
    total_tokens: text + IMAGE_OUTPUT_TOKENS * count,
  };
  if (fields.stream === true) {
    const events = [
      { type: 'image_generation.partial_image', b64_json: PIXEL, partial_image_index: 0 },
      { type: 'image_generation.completed', b64_json: PIXEL, output_format: 'png', usage },
    ].map((data) => ({ event: data.type, data, generated: true }));
    await sendEvents(response, events, completion, (message) => ({
      event: 'error',
      data: { error: { message } },
    }));
    return;
  }
  sendJson(response, 200, {
    created: 1_735_689_600,
    output_format: 'png',
    data: Array.from({ length: count }, () => ({ b64_json: PIXEL })),
    usage,
  });
};

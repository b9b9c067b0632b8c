import { complete } from '../completion.ts';
import { type Endpoint, sendJson } from '../context.ts';
import { readRecord, readString } from '../decode.ts';
import { requireModel } from '../models.ts';
import { plainRequest } from '../plain-request.ts';
import { sendEvents } from '../sse.ts';
import { splitIntoChunks } from '../tokens.ts';

/** `POST /v1/audio/speech`. Returns zeros as audio. https://platform.openai.com/docs/api-reference/audio */
export const speech: Endpoint = async (body, response, context) => {
  const fields = readRecord(body, 'body');
  const model = readString(fields.model, 'model');
  requireModel('openai', model);
  const input = readString(fields.input, 'input');
  await context.decide(plainRequest('chat', model, input));
  response.writeHead(200, { 'content-type': 'audio/mpeg' });
  response.end(Buffer.alloc(input.length * 10));
};

/** `POST /v1/audio/transcriptions`. Scripts provide the transcript. Audio always counts as 20 tokens. */
export const transcriptions: Endpoint = async (body, response, context) => {
  const fields = readRecord(body, 'body');
  const model = readString(fields.model, 'model');
  requireModel('openai', model);
  const { file } = fields;
  const request = plainRequest('chat', model, file instanceof File ? file.name : '');
  const completion = complete(request, await context.decide(request), context.pace, context.nextId);
  const { text } = completion;
  const usage = {
    type: 'tokens',
    input_tokens: 24,
    input_token_details: { audio_tokens: 20, text_tokens: 4 },
    output_tokens: completion.outputTokens,
    total_tokens: 24 + completion.outputTokens,
  };
  if (fields.stream === 'true') {
    const events = [
      ...splitIntoChunks(text).map((delta) => ({ type: 'transcript.text.delta', delta })),
      { type: 'transcript.text.done', text, usage },
    ].map((data) => ({ event: data.type, data, generated: true }));
    await sendEvents(response, events, completion, (message) => ({
      event: 'error',
      data: { error: { message } },
    }));
    return;
  }
  if (fields.response_format === 'text') {
    response.writeHead(200, { 'content-type': 'text/plain' });
    response.end(text);
    return;
  }
  sendJson(response, 200, { text, usage });
};

import { complete } from '../completion.ts';
import { type Endpoint, sendJson } from '../context.ts';
import { readRecord, readString } from '../decode.ts';
import { requireModel } from '../models.ts';
import { plainRequest } from '../plain-request.ts';
import { chatCompletions } from './chat.ts';

/** `POST /v1/completions`, without streaming. https://platform.openai.com/docs/api-reference/completions */
export const completions: Endpoint = async (body, response, context) => {
  const fields = readRecord(body, 'body');
  const model = readString(fields.model, 'model');
  requireModel('openai', model);
  const request = plainRequest('chat', model, readString(fields.prompt, 'prompt'));
  const completion = complete(request, await context.decide(request), context.pace, context.nextId);
  sendJson(response, 200, {
    id: context.nextId('cmpl'),
    object: 'text_completion',
    created: 1_735_689_600,
    model,
    choices: [{ index: 0, text: completion.text, logprobs: null, finish_reason: completion.finish }],
    usage: {
      prompt_tokens: completion.inputTokens,
      completion_tokens: completion.outputTokens,
      total_tokens: completion.inputTokens + completion.outputTokens,
    },
  });
};

/** Mistral's `POST /v1/fim/completions` and `/v1/agents/completions`, which are converted to chat requests. */
export const mistralCompletions: Endpoint = async (body, response, context, params) => {
  const fields = readRecord(body, 'body');
  const chat =
    params[0] === 'fim'
      ? { messages: [{ role: 'user', content: readString(fields.prompt, 'prompt') }] }
      : { model: 'mistral-large-2411' };
  await chatCompletions({ ...fields, ...chat }, response, context, params);
};

import { describe, expect, it } from 'vitest';
import { chatUsageRequest } from './chat.ts';
import { chatUsage, modalityAttributes, reportedCost, responsesUsage } from './usage.ts';

describe('requesting the usage of a stream', () => {
  it.each([
    ['a request without stream', { messages: [] }, {}, undefined],
    ['a stream', { stream: true }, {}, { include_usage: true }],
    ['other stream options', { stream: true, stream_options: { x: 1 } }, {}, { x: 1, include_usage: true }],
    ['usage requested already', { stream: true, stream_options: { include_usage: true } }, {}, undefined],
    ['usage turned off', { stream: true, stream_options: { include_usage: false } }, {}, undefined],
    ['Azure with its own data', { stream: true, data_sources: [] }, {}, undefined],
    ['an old Azure API', { stream: true }, { apiVersion: '2024-02-01' }, undefined],
    ['a current Azure API', { stream: true }, { apiVersion: '2025-04-01-preview' }, { include_usage: true }],
  ])('%s', (_, body, client, expected) => {
    expect(chatUsageRequest.extend(body, client)?.stream_options).toEqual(expected);
  });

  it("does not change the application's body", () => {
    const body = Object.freeze({ stream: true, model: 'm' });
    expect(chatUsageRequest.extend(body, {})).toEqual({ ...body, stream_options: { include_usage: true } });
    expect(body).toEqual({ stream: true, model: 'm' });
  });

  it.each([
    ['only usage', { choices: [], usage: { prompt_tokens: 1 } }, true],
    ['usage with content', { choices: [{}], usage: { prompt_tokens: 1 } }, false],
    ['neither usage nor content', { choices: [] }, false],
    ['no usage yet', { choices: [{}], usage: null }, false],
  ])('recognises the extra chunk: %s', (_, chunk, expected) => {
    expect(chatUsageRequest.isExtra(chunk)).toBe(expected);
  });

  it('removes usage: null, which servers send only if usage is requested', () => {
    const chunk = { choices: [{}], usage: null };
    chatUsageRequest.isExtra(chunk);
    expect(chunk).toEqual({ choices: [{}] });
  });

  it.each([
    [{ status: 400, message: '400 Unrecognized request argument: stream_options' }, true],
    [{ status: 422, message: 'include_usage: extra fields not permitted' }, true],
    [{ status: 400, message: 'messages is empty' }, false],
    [{ status: 500, message: 'stream_options' }, false],
    [undefined, false],
  ])('recognises a refusal: %j', (error, expected) => {
    expect(chatUsageRequest.isRefusal(error)).toBe(expected);
  });
});

describe('usage', () => {
  it('reads audio and prediction tokens of OpenAI', () => {
    expect(
      chatUsage({
        prompt_tokens: 100,
        completion_tokens: 50,
        prompt_tokens_details: { cached_tokens: 64, audio_tokens: 10 },
        completion_tokens_details: {
          reasoning_tokens: 20,
          audio_tokens: 5,
          accepted_prediction_tokens: 3,
          rejected_prediction_tokens: 0,
        },
      }),
    ).toEqual({
      inputTokens: 100,
      outputTokens: 50,
      cacheReadTokens: 64,
      audioInputTokens: 10,
      reasoningTokens: 20,
      audioOutputTokens: 5,
      details: { accepted_prediction: 3 },
    });
  });

  it("reads DeepSeek's cached tokens and OpenRouter's cost", () => {
    expect(chatUsage({ prompt_tokens: 9, completion_tokens: 1, prompt_cache_hit_tokens: 4 })).toEqual({
      inputTokens: 9,
      outputTokens: 1,
      cacheReadTokens: 4,
    });
    expect(reportedCost({ cost: 0.0012 })).toBe(0.0012);
    // Perplexity reports the cost as an object.
    expect(reportedCost({ cost: { total_cost: 1 } })).toBeUndefined();
  });

  it('reads image, text and audio tokens', () => {
    const usage = {
      input_tokens: 30,
      output_tokens: 272,
      input_tokens_details: { text_tokens: 10, image_tokens: 20 },
    };
    expect(responsesUsage(usage)).toEqual({ inputTokens: 30, outputTokens: 272 });
    expect(modalityAttributes(usage)).toEqual({
      'gen_ai.usage.image.input_tokens': 20,
      'gen_ai.usage.text.input_tokens': 10,
    });
    expect(responsesUsage({ type: 'duration', seconds: 3 })).toEqual({});
  });

  it.each([undefined, null, 'x', { prompt_tokens: 'many', completion_tokens: Number.NaN }])(
    'is absent, not 0, if the response contains no valid counts (%j)',
    (usage) => {
      expect(chatUsage(usage)).toEqual({});
    },
  );
});

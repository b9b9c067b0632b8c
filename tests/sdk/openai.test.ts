/** Chats of the `openai` package, two majors, traced by `instrument(client)`. */
import { init, instrument, shutdown } from '@throughline/sdk';
import OpenAI7, { AzureOpenAI as Azure7 } from 'openai';
import { zodResponseFormat } from 'openai/helpers/zod';
import OpenAI6, { AzureOpenAI as Azure6 } from 'openai6';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { eventually } from '../support/eventually.ts';
import { LONG_RULES, ORDER_PARAMETERS } from '../support/model-server.ts';
import {
  answerOf,
  expectCallsApart,
  facts,
  hiccupOnce,
  plain,
  questionOf,
  readAll,
  useProviderServer,
} from './support.ts';

const { modelServer, models, spans } = useProviderServer();

const user = (content: string) => ({ role: 'user' as const, content });
const tool = {
  type: 'function' as const,
  function: { name: 'lookup_order', description: 'Status of an order', parameters: ORDER_PARAMETERS },
};

describe.each([
  ['7', OpenAI7, Azure7],
  ['6', OpenAI6 as unknown as typeof OpenAI7, Azure6 as unknown as typeof Azure7],
])('openai %s', (_, OpenAI, AzureOpenAI) => {
  const bareClient = (maxRetries = 0) =>
    new OpenAI({ baseURL: `${models.url}/v1`, apiKey: 'any', maxRetries });
  const client = (maxRetries = 0) => instrument(bareClient(maxRetries));

  it('records a chat: messages, parameters, usage with cached tokens, ids, finish reason', async () => {
    const body = {
      model: 'gpt-4o',
      temperature: 0.2,
      max_completion_tokens: 50,
      stop: 'END',
      messages: [{ role: 'system' as const, content: LONG_RULES }, user('What is the capital of France?')],
    };
    await client().chat.completions.create(body);
    spans.clear();
    const answer = await client().chat.completions.create(body);
    const [span] = spans.spans;
    expect(facts(span)).toMatchObject({
      name: 'chat gpt-4o',
      kind: 'llm',
      status: 'unset',
      'gen_ai.operation.name': 'chat',
      'gen_ai.provider.name': 'openai',
      'gen_ai.request.model': 'gpt-4o',
      'gen_ai.request.temperature': 0.2,
      'gen_ai.request.max_tokens': 50,
      'gen_ai.request.stop_sequences': ['END'],
      'gen_ai.response.model': 'gpt-4o',
      'gen_ai.response.id': answer.id,
      'gen_ai.response.finish_reasons': ['stop'],
      'gen_ai.usage.input_tokens': answer.usage?.prompt_tokens,
      'gen_ai.usage.output_tokens': 8,
      'gen_ai.usage.cache_read.input_tokens': answer.usage?.prompt_tokens_details?.cached_tokens,
      'gen_ai.usage.reasoning.output_tokens': 0,
      'gen_ai.usage.audio.input_tokens': 0,
      'openai.response.system_fingerprint': 'fp_example',
      'server.address': '127.0.0.1',
      'server.port': Number(new URL(models.url).port),
    });
    expect(span?.attributes['gen_ai.usage.cache_read.input_tokens']).toBeGreaterThan(1000);
    expect(questionOf(span)).toEqual([
      { role: 'system', parts: [{ type: 'text', content: LONG_RULES }] },
      { role: 'user', parts: [{ type: 'text', content: 'What is the capital of France?' }] },
    ]);
    expect(answerOf(span)).toEqual([
      {
        role: 'assistant',
        parts: [{ type: 'text', content: 'Paris is the capital of France.' }],
        finish_reason: 'stop',
      },
    ]);
  });

  it('records usage and time to the first chunk of a stream, and hides the usage chunk that it requested', async () => {
    const body = { model: 'gpt-4o', stream: true as const, messages: [user('slowly')] };
    const expected = await readAll(await bareClient().chat.completions.create(body));
    const seen = await readAll(await client().chat.completions.create(body));
    const timeless = (chunk: OpenAI7.ChatCompletionChunk) => ({
      ...(plain(chunk) as object),
      id: '',
      created: 0,
    });
    expect(seen.map(timeless)).toEqual(expected.map(timeless));
    expect(seen.some((chunk) => 'usage' in chunk)).toBe(false);
    const [span] = spans.spans;
    expect(facts(span)).toMatchObject({
      'gen_ai.request.stream': true,
      'gen_ai.usage.input_tokens': 3,
      'gen_ai.usage.output_tokens': 4,
      'gen_ai.response.finish_reasons': ['stop'],
      'gen_ai.response.id': seen[0]?.id,
    });
    const seconds = Number(span?.attributes['gen_ai.response.time_to_first_chunk']);
    expect(seconds).toBeGreaterThan(0.05);
    expect(seconds * 1000).toBeLessThan(span?.durationMs ?? 0);
    expect(answerOf(span)).toEqual([
      { role: 'assistant', parts: [{ type: 'text', content: 'Slow and steady.' }], finish_reason: 'stop' },
    ]);
  });

  it('passes on the usage chunk if the application requested it', async () => {
    const chunks = await readAll(
      await client().chat.completions.create({
        model: 'gpt-4o',
        stream: true,
        stream_options: { include_usage: true },
        messages: [user('slowly')],
      }),
    );
    expect(chunks.at(-1)?.usage?.completion_tokens).toBe(4);
    expect(chunks[0]?.usage).toBeNull();
    expect(spans.spans[0]?.attributes['gen_ai.usage.output_tokens']).toBe(4);
  });

  it('repeats the request without the option if a server does not support it, and remembers that', async () => {
    const sent: unknown[] = [];
    const strict = instrument(
      new OpenAI({
        baseURL: `${models.url}/v1`,
        apiKey: 'any',
        maxRetries: 0,
        fetch: async (url, request) => {
          const body = JSON.parse(String(request?.body));
          sent.push(body.stream_options);
          if (body.stream_options === undefined) return fetch(url, request);
          return Response.json({ error: { message: 'Unknown field: stream_options' } }, { status: 400 });
        },
      }),
    );
    const body = { model: 'gpt-4o', stream: true as const, messages: [user('slowly')] };
    for (let i = 0; i < 2; i++) {
      const chunks = await readAll(await strict.chat.completions.create(body));
      expect(chunks.map((chunk) => chunk.choices[0]?.delta.content ?? '').join('')).toBe('Slow and steady.');
    }
    expect(sent).toEqual([{ include_usage: true }, undefined, undefined]);
    // The helper repeats the request with its response.
    const helper = instrument(strict.withOptions({})).chat.completions.stream({
      model: 'gpt-4o',
      messages: [user('slowly')],
    });
    expect(await helper.finalContent()).toBe('Slow and steady.');
    expect(spans.spans.map(({ status }) => status)).toEqual(['unset', 'unset', 'unset']);
  });

  it('does not request usage if the application reads the bytes of the stream', async () => {
    const body = { model: 'gpt-4o', stream: true as const, messages: [user('slowly')] };
    const timeless = (text: string) => text.replace(/"(id|created)":[^,]+/g, '');
    const expected = await (await bareClient().chat.completions.create(body).asResponse()).text();
    const seen = await (await client().chat.completions.create(body).asResponse()).text();
    expect(timeless(seen)).toBe(timeless(expected));
    expect(seen).not.toContain('usage');
    const { data } = await client().chat.completions.create(body).withResponse();
    expect((await readAll(data)).some((chunk) => 'usage' in chunk)).toBe(false);
    expect(spans.spans.map(({ attributes }) => attributes['gen_ai.usage.output_tokens'])).toEqual([
      undefined,
      4,
    ]);
  });

  it('assembles streamed parallel tool calls', async () => {
    const stream = await client().chat.completions.create({
      model: 'gpt-4o',
      stream: true,
      tools: [tool],
      messages: [user('Where are A-1001 and A-1002?')],
    });
    await readAll(stream);
    const [span] = spans.spans;
    expect(facts(span)).toMatchObject({ 'gen_ai.response.finish_reasons': ['tool_calls'] });
    expect(answerOf(span)).toEqual([
      {
        role: 'assistant',
        parts: ['A-1001', 'A-1002'].map((orderId) => ({
          type: 'tool_call',
          id: expect.stringMatching(/^call_/),
          name: 'lookup_order',
          arguments: { orderId },
        })),
        finish_reason: 'tool_calls',
      },
    ]);
    expect(JSON.parse(String(span?.attributes['gen_ai.tool.definitions']))).toEqual([tool]);
  });

  it('keeps parallel calls apart, each below its own parent', async () => {
    const openai = client();
    const body = { model: 'gpt-4o-mini', stream: true as const };
    await expectCallsApart(spans, async (question) =>
      readAll(await openai.chat.completions.create({ ...body, messages: [user(question)] })),
    );
  });

  it('ends an abandoned stream with the received content', async () => {
    const stream = await client().chat.completions.create({
      model: 'gpt-4o',
      stream: true,
      messages: [user('endless')],
    });
    let text = '';
    for await (const chunk of stream) {
      text += chunk.choices[0]?.delta.content ?? '';
      if (text.length > 20) break;
    }
    const [span] = spans.spans;
    expect(facts(span)).toMatchObject({ status: 'unset', 'throughline.cancelled': true });
    expect(answerOf(span)).toMatchObject([{ parts: [{ type: 'text', content: text }] }]);
  });

  it('ends an aborted stream and an aborted call as cancelled', async () => {
    const controller = new AbortController();
    const stream = await client().chat.completions.create(
      { model: 'gpt-4o', stream: true, messages: [user('endless')] },
      { signal: controller.signal },
    );
    let count = 0;
    for await (const _chunk of stream) if (++count === 5) controller.abort();
    const unread = new AbortController();
    const left = await client().chat.completions.create(
      { model: 'gpt-4o', stream: true, messages: [user('endless')] },
      { signal: unread.signal },
    );
    left.controller.abort();
    const early = new AbortController();
    const call = client().chat.completions.create(
      { model: 'gpt-4o', messages: [user('endless')] },
      { signal: early.signal },
    );
    early.abort();
    await expect(call).rejects.toBeInstanceOf(OpenAI.APIUserAbortError);
    await eventually('the number of spans', () => spans.spans.length).toBe(3);
    for (const span of spans.spans)
      expect(facts(span)).toMatchObject({ status: 'unset', 'throughline.cancelled': true });
  });

  it('records an error with its class, status and message, and rethrows it', async () => {
    const failing = client().chat.completions.create({ model: 'gpt-4o', messages: [user('limit me')] });
    const error = await failing.catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(OpenAI.RateLimitError);
    const [span] = spans.spans;
    expect(facts(span)).toMatchObject({
      status: 'error',
      'error.type': 'RateLimitError',
      'http.response.status_code': 429,
      'gen_ai.request.model': 'gpt-4o',
    });
    expect(span?.otel.events[0]).toMatchObject({
      name: 'exception',
      attributes: {
        'exception.type': 'RateLimitError',
        'exception.message': '429 Rate limit reached for requests per minute.',
      },
    });
  });

  it('records the error of a stream that breaks, with the content before it', async () => {
    const stream = await client().chat.completions.create({
      model: 'gpt-4o',
      stream: true,
      messages: [user('stumble')],
    });
    await expect(readAll(stream)).rejects.toThrow('The server had an error');
    const [span] = spans.spans;
    expect(facts(span)).toMatchObject({ status: 'error', 'error.type': 'APIError' });
    expect(answerOf(span)).toMatchObject([{ parts: [{ content: 'one two' }] }]);
  });

  it('records one span for a call that the client retries, with the number of attempts', async () => {
    hiccupOnce(modelServer);
    await client(2).chat.completions.create({ model: 'gpt-4o', messages: [user('hiccup')] });
    expect(spans.spans).toHaveLength(1);
    expect(facts(spans.spans[0])).toMatchObject({ status: 'unset', 'http.request.resend_count': 1 });
  });

  it('does not change the client and its promises', async () => {
    const openai = client();
    expect(openai).toBeInstanceOf(OpenAI);
    expect(instrument(openai)).toBe(openai);
    const body = { model: 'gpt-4o', messages: [user('capital of France')] };
    const { data, response, request_id } = await openai.chat.completions.create(body).withResponse();
    expect(data.choices[0]?.message.content).toBe('Paris is the capital of France.');
    expect(response.status).toBe(200);
    expect(request_id).toBe(response.headers.get('x-request-id'));
    const raw = await openai.chat.completions.create(body).asResponse();
    expect(((await raw.json()) as { object: string }).object).toBe('chat.completion');
    const copied = await openai.withOptions({ timeout: 5000 }).chat.completions.create(body);
    expect(copied.usage?.completion_tokens).toBe(8);
    expect(spans.spans).toHaveLength(3);
    expect(facts(spans.spans[0])).toMatchObject({ 'gen_ai.usage.output_tokens': 8 });
    expect(facts(spans.spans[2])).toMatchObject({ 'gen_ai.usage.output_tokens': 8 });
    expect(openai.chat.completions.create.name).toBe('create');
  });

  it('traces the helpers: parse, stream, runTools, tee, toReadableStream', async () => {
    const openai = client();
    const parsed = await openai.chat.completions.parse({
      model: 'gpt-4o',
      messages: [user('Good morning')],
      response_format: zodResponseFormat(z.object({ answer: z.string() }) as never, 'answer'),
    });
    expect(parsed.choices[0]?.message.parsed).toEqual({ answer: 'You said: Good morning' });
    expect(spans.spans).toHaveLength(1);
    expect(facts(spans.spans[0])).toMatchObject({
      'gen_ai.output.type': 'json',
      'gen_ai.usage.output_tokens': parsed.usage?.completion_tokens,
    });
    // A failure of the helper to parse the response is not a failure of the call.
    const prose = openai.chat.completions.parse({
      model: 'gpt-4o',
      messages: [user('capital of France')],
      response_format: zodResponseFormat(z.object({ answer: z.string() }) as never, 'answer'),
    });
    await expect(prose).rejects.toThrow();
    expect(facts(spans.spans[1])).toMatchObject({ status: 'unset', 'gen_ai.usage.output_tokens': 8 });
    spans.clear();

    const helper = openai.chat.completions.stream({ model: 'gpt-4o', messages: [user('slowly')] });
    expect(await helper.finalContent()).toBe('Slow and steady.');
    expect((await helper.finalChatCompletion()).usage).toBeUndefined();
    expect(facts(spans.spans[0])).toMatchObject({ 'gen_ai.usage.output_tokens': 4 });
    spans.clear();

    const runner = openai.chat.completions.runTools({
      model: 'gpt-4o',
      messages: [user('Where is A-1001?')],
      tools: [
        {
          type: 'function',
          function: {
            ...tool.function,
            parse: JSON.parse,
            function: ({ orderId }: { orderId: string }) => JSON.stringify({ orderId, status: 'shipped' }),
          },
        },
      ],
    });
    expect(await runner.finalContent()).toBe('Order A-1001: status shipped.');
    expect(spans.spans.map(({ attributes }) => attributes['gen_ai.response.finish_reasons'])).toEqual([
      ['tool_calls'],
      ['stop'],
    ]);
    spans.clear();

    const body = { model: 'gpt-4o', stream: true as const, messages: [user('slowly')] };
    const [left, right] = (await openai.chat.completions.create(body)).tee();
    const [a, b] = await Promise.all([readAll(left), readAll(right)]);
    expect(a).toEqual(b);
    expect(a.some((chunk) => 'usage' in chunk)).toBe(false);
    const readable = (await openai.chat.completions.create(body)).toReadableStream();
    const lines = (await new Response(readable).text()).trim().split('\n');
    expect(lines).toHaveLength(a.length);
    expect(spans.spans.map(({ attributes }) => attributes['gen_ai.usage.output_tokens'])).toEqual([4, 4]);
  });

  it('streams from Azure with usage that was not requested', async () => {
    const azure = instrument(
      new AzureOpenAI({
        endpoint: models.url,
        apiKey: 'any',
        apiVersion: '2025-01-01',
        deployment: 'gpt-4o',
      }),
    );
    const stream = await azure.chat.completions.create({
      model: 'gpt-4o',
      stream: true,
      messages: [user('slowly')],
    });
    expect((await readAll(stream)).some((chunk) => 'usage' in chunk)).toBe(false);
    expect(facts(spans.spans[0])).toMatchObject({
      'gen_ai.provider.name': 'azure.ai.openai',
      'gen_ai.request.model': 'gpt-4o',
      'gen_ai.usage.input_tokens': 3,
      'gen_ai.usage.output_tokens': 4,
    });
  });

  it('records the provider behind a compatible base URL', async () => {
    const groq = instrument(
      new OpenAI({
        baseURL: 'https://api.groq.com/openai/v1',
        apiKey: 'any',
        fetch: (url, request) =>
          fetch(String(url).replace('https://api.groq.com/openai', models.url), request),
      }),
    );
    const body = { model: 'gpt-4o', messages: [user('capital of France')] };
    await groq.chat.completions.create(body);
    await readAll(await groq.chat.completions.create({ ...body, stream: true }));
    for (const span of spans.spans)
      expect(facts(span)).toMatchObject({
        'gen_ai.provider.name': 'groq',
        'server.address': 'api.groq.com',
        'server.port': 443,
        'gen_ai.usage.output_tokens': 8,
      });
    expect(spans.spans).toHaveLength(2);
  });

  it('records everything except content if capture is disabled', async () => {
    await shutdown();
    init({ exporter: spans, capture: { content: false } });
    await readAll(
      await client().chat.completions.create({ model: 'gpt-4o', stream: true, messages: [user('slowly')] }),
    );
    const attributes = spans.spans[0]?.attributes ?? {};
    expect(attributes).toMatchObject({
      'gen_ai.usage.output_tokens': 4,
      'gen_ai.response.finish_reasons': ['stop'],
    });
    expect(JSON.stringify(attributes)).not.toMatch(/slowly|Slow/);
  });

  it('passes calls through before init and after shutdown', async () => {
    const openai = client();
    await shutdown();
    const answer = await openai.chat.completions.create({
      model: 'gpt-4o',
      messages: [user('capital of France')],
    });
    expect(answer.choices[0]?.message.content).toBe('Paris is the capital of France.');
    expect(spans.spans).toEqual([]);
  });
});

/** The `@mistralai/mistralai` package, two majors, traced by `instrument(client)`. */
import { Mistral as Mistral2 } from '@mistralai/mistralai';
import { instrument, shutdown } from '@throughline/sdk';
import { Mistral as Mistral1 } from 'mistral1';
import { describe, expect, it } from 'vitest';
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

const model = 'mistral-large-latest';
const user = (content: string) => ({ role: 'user' as const, content });
const ask = (content: string) => ({ model, messages: [user(content)] });
const tools = [
  {
    type: 'function' as const,
    function: { name: 'lookup_order', description: 'Status of an order', parameters: ORDER_PARAMETERS },
  },
];

describe.each([
  ['2', Mistral2],
  ['1', Mistral1 as unknown as typeof Mistral2],
])('@mistralai/mistralai %s', (major, Mistral) => {
  const bareClient = () => new Mistral({ apiKey: 'any', serverURL: models.url });
  const client = () => instrument(bareClient());

  it('records a chat: messages, parameters, usage with cached tokens', async () => {
    const body = {
      ...ask('What is the capital of France?'),
      messages: [
        { role: 'system' as const, content: `${major} ${LONG_RULES}` },
        user('What is the capital of France?'),
      ],
      temperature: 0.3,
      maxTokens: 80,
    };
    await client().chat.complete(body);
    const answer = await client().chat.complete(body);
    const span = spans.spans[1];
    expect(facts(span)).toMatchObject({
      name: `chat ${model}`,
      kind: 'llm',
      status: 'unset',
      'gen_ai.provider.name': 'mistral_ai',
      'gen_ai.request.model': model,
      'gen_ai.request.temperature': 0.3,
      'gen_ai.request.max_tokens': 80,
      'gen_ai.response.id': answer.id,
      'gen_ai.response.model': model,
      'gen_ai.response.finish_reasons': ['stop'],
      'gen_ai.usage.input_tokens': answer.usage.promptTokens,
      'gen_ai.usage.output_tokens': 8,
      'server.address': '127.0.0.1',
    });
    expect(span?.attributes['gen_ai.usage.cache_read.input_tokens']).toBeGreaterThan(1000);
    expect(questionOf(span)).toMatchObject([{ role: 'system' }, { role: 'user' }]);
    expect(answerOf(span)).toEqual([
      {
        role: 'assistant',
        parts: [{ type: 'text', content: 'Paris is the capital of France.' }],
        finish_reason: 'stop',
      },
    ]);
  });

  it('records a stream: usage, time to the first chunk; the events are the same as without tracing', async () => {
    const timeless = (event: unknown) => JSON.stringify(event).replace(/"(id|created)":[^,]+/g, '');
    const expected = await readAll(await bareClient().chat.stream(ask('slowly')));
    const seen = await readAll(await client().chat.stream(ask('slowly')));
    expect(seen.map(timeless)).toEqual(expected.map(timeless));
    const [span] = spans.spans;
    expect(spans.spans).toHaveLength(1);
    expect(facts(span)).toMatchObject({
      'gen_ai.request.stream': true,
      'gen_ai.usage.input_tokens': 3,
      'gen_ai.usage.output_tokens': 4,
      'gen_ai.response.finish_reasons': ['stop'],
    });
    expect(Number(span?.attributes['gen_ai.response.time_to_first_chunk'])).toBeGreaterThan(0.05);
    expect(answerOf(span)).toMatchObject([{ parts: [{ type: 'text', content: 'Slow and steady.' }] }]);
  });

  it('records parallel tool calls, complete and streamed, and their results', async () => {
    const body = { ...ask('Where are A-1001 and A-1002?'), tools };
    const answer = await client().chat.complete(body);
    await readAll(await client().chat.stream(body));
    for (const span of spans.spans) {
      expect(facts(span)).toMatchObject({ 'gen_ai.response.finish_reasons': ['tool_calls'] });
      expect(answerOf(span)).toMatchObject([
        {
          parts: [
            { type: 'tool_call', name: 'lookup_order', arguments: { orderId: 'A-1001' } },
            { type: 'tool_call', name: 'lookup_order', arguments: { orderId: 'A-1002' } },
          ],
        },
      ]);
      expect(JSON.parse(String(span.attributes['gen_ai.tool.definitions']))).toEqual(tools);
    }
    const message = answer.choices?.[0]?.message;
    const [call] = message?.toolCalls ?? [];
    await client().chat.complete({
      model,
      messages: [
        user('Where is A-1001?'),
        { ...(message as object), role: 'assistant' as const },
        {
          role: 'tool' as const,
          toolCallId: call?.id ?? '',
          content: '{"orderId":"A-1001","status":"shipped"}',
        },
      ],
    });
    expect(questionOf(spans.spans[2])).toMatchObject([
      { role: 'user' },
      { role: 'assistant', parts: [{ type: 'tool_call', id: call?.id }, { type: 'tool_call' }] },
      { role: 'tool', parts: [{ type: 'tool_call_response', id: call?.id }] },
    ]);
  });

  it('keeps parallel calls apart, each below its own parent', async () => {
    const mistral = client();
    await expectCallsApart(spans, async (question) => readAll(await mistral.chat.stream(ask(question))));
  });

  it('ends abandoned and aborted streams with the received content', async () => {
    let text = '';
    for await (const { data } of await client().chat.stream(ask('endless'))) {
      text += data.choices[0]?.delta.content ?? '';
      if (text.length > 20) break;
    }
    const controller = new AbortController();
    const stream = await client().chat.stream(ask('endless'), {
      fetchOptions: { signal: controller.signal },
    });
    const read = async () => {
      for await (const _event of stream) controller.abort();
    };
    await expect(read()).rejects.toMatchObject({ name: 'AbortError' });
    expect(spans.spans).toHaveLength(2);
    for (const span of spans.spans)
      expect(facts(span)).toMatchObject({ status: 'unset', 'throughline.cancelled': true });
    expect(answerOf(spans.spans[0])).toMatchObject([{ parts: [{ content: text }] }]);
  });

  it('records errors with their status, before and within a stream', async () => {
    await expect(client().chat.complete(ask('limit me'))).rejects.toThrow('429');
    const stream = await client().chat.stream(ask('stumble'));
    await expect(readAll(stream)).rejects.toThrow();
    expect(facts(spans.spans[0])).toMatchObject({
      status: 'error',
      'error.type': 'SDKError',
      'http.response.status_code': 429,
    });
    expect(spans.spans[0]?.otel.events[0]?.name).toBe('exception');
    expect(facts(spans.spans[1])).toMatchObject({ status: 'error' });
    expect(answerOf(spans.spans[1])).toMatchObject([{ parts: [{ content: 'one two' }] }]);
  });

  it('records one span for a call that the client retries', async () => {
    hiccupOnce(modelServer);
    await client().chat.complete(ask('hiccup'), {
      retries: {
        strategy: 'backoff',
        backoff: { initialInterval: 5, maxInterval: 20, exponent: 1.1, maxElapsedTime: 5_000 },
        retryConnectionErrors: false,
      },
    });
    expect(spans.spans).toHaveLength(1);
    expect(facts(spans.spans[0])).toMatchObject({ status: 'unset', 'http.request.resend_count': 1 });
  });

  it('records agents and fill-in-the-middle', async () => {
    await client().agents.complete({ agentId: 'ag_1', messages: [user('capital of France')] });
    await client().fim.complete({ model, prompt: 'capital of France', suffix: 'end' });
    await readAll(await client().fim.stream({ model, prompt: 'slowly' }));
    const [agent, filled, streamed] = spans.spans;
    expect(facts(agent)).toMatchObject({
      name: 'chat',
      'gen_ai.agent.id': 'ag_1',
      'gen_ai.usage.output_tokens': 8,
    });
    expect(facts(filled)).toMatchObject({ name: `chat ${model}`, 'gen_ai.usage.output_tokens': 8 });
    expect(questionOf(filled)).toMatchObject([
      { parts: [{ content: 'capital of France' }, { content: 'end' }] },
    ]);
    expect(facts(streamed)).toMatchObject({ 'gen_ai.request.stream': true, 'gen_ai.usage.output_tokens': 4 });
  });

  it('records embeddings', async () => {
    await client().embeddings.create({ model: 'mistral-embed', inputs: ['one', 'two'] });
    expect(facts(spans.spans[0])).toMatchObject({
      name: 'embeddings mistral-embed',
      kind: 'embedding',
      'gen_ai.usage.input_tokens': 2,
      'gen_ai.embeddings.dimension.count': 1536,
    });
  });

  it('does not change the client', async () => {
    const mistral = client();
    expect(mistral).toBeInstanceOf(Mistral);
    expect(instrument(mistral)).toBe(mistral);
    await shutdown();
    const answer = await mistral.chat.complete(ask('capital of France'));
    expect(plain(answer.choices?.[0]?.message?.content)).toBe('Paris is the capital of France.');
    expect(spans.spans).toEqual([]);
  });
});

/** The `cohere-ai` package, two majors, traced by `instrument(client)`. */
import { instrument, shutdown } from '@throughline/sdk';
import { CohereClientV2 as Cohere8 } from 'cohere-ai';
import { CohereClientV2 as Cohere7 } from 'cohere7';
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

const model = 'command-a-03-2025';
const user = (content: string) => ({ role: 'user' as const, content });
const ask = (content: string) => ({ model, messages: [user(content)] });
const tools = [
  {
    type: 'function' as const,
    function: { name: 'lookup_order', description: 'Status of an order', parameters: ORDER_PARAMETERS },
  },
];

describe.each([
  ['8', Cohere8],
  ['7', Cohere7 as unknown as typeof Cohere8],
])('cohere-ai %s', (major, Cohere) => {
  const bareClient = () => new Cohere({ token: 'any', environment: models.url });
  const client = () => instrument(bareClient());

  it('records a chat: messages, parameters, billed and cached tokens', async () => {
    const body = {
      ...ask('What is the capital of France?'),
      messages: [
        { role: 'system' as const, content: `${major} ${LONG_RULES}` },
        user('What is the capital of France?'),
      ],
      temperature: 0.3,
      maxTokens: 80,
      p: 0.9,
    };
    await client().chat(body);
    const answer = await client().chat(body);
    const span = spans.spans[1];
    expect(facts(span)).toMatchObject({
      name: `chat ${model}`,
      kind: 'llm',
      status: 'unset',
      'gen_ai.provider.name': 'cohere',
      'gen_ai.request.model': model,
      'gen_ai.request.temperature': 0.3,
      'gen_ai.request.top_p': 0.9,
      'gen_ai.request.max_tokens': 80,
      'gen_ai.response.id': answer.id,
      'gen_ai.response.finish_reasons': ['COMPLETE'],
      'gen_ai.usage.input_tokens': answer.usage?.billedUnits?.inputTokens,
      'gen_ai.usage.output_tokens': 8,
      'server.address': '127.0.0.1',
    });
    expect(span?.attributes['gen_ai.usage.cache_read.input_tokens']).toBeGreaterThan(1000);
    expect(questionOf(span)).toMatchObject([{ role: 'system' }, { role: 'user' }]);
    expect(answerOf(span)).toEqual([
      {
        role: 'assistant',
        parts: [{ type: 'text', content: 'Paris is the capital of France.' }],
        finish_reason: 'COMPLETE',
      },
    ]);
  });

  it('records a stream: usage, time to the first chunk; the events are the same as without tracing', async () => {
    const timeless = (event: unknown) => JSON.stringify(event).replace(/"id":"[^"]+"/g, '');
    const expected = await readAll(await bareClient().chatStream(ask('slowly')));
    const seen = await readAll(await client().chatStream(ask('slowly')));
    expect(seen.map(timeless)).toEqual(expected.map(timeless));
    const [span] = spans.spans;
    expect(spans.spans).toHaveLength(1);
    expect(facts(span)).toMatchObject({
      'gen_ai.request.stream': true,
      'gen_ai.usage.input_tokens': 3,
      'gen_ai.usage.output_tokens': 4,
      'gen_ai.response.finish_reasons': ['COMPLETE'],
      'gen_ai.response.id': expect.stringMatching(/^chat_/),
    });
    expect(Number(span?.attributes['gen_ai.response.time_to_first_chunk'])).toBeGreaterThan(0.05);
    expect(answerOf(span)).toMatchObject([{ parts: [{ type: 'text', content: 'Slow and steady.' }] }]);
  });

  it('records parallel tool calls, complete and streamed, and their results', async () => {
    const body = { ...ask('Where are A-1001 and A-1002?'), tools };
    const answer = await client().chat(body);
    await readAll(await client().chatStream(body));
    for (const span of spans.spans) {
      expect(facts(span)).toMatchObject({ 'gen_ai.response.finish_reasons': ['TOOL_CALL'] });
      expect(answerOf(span)).toMatchObject([
        {
          parts: [
            { type: 'reasoning', content: 'I will look that up.' },
            { type: 'tool_call', name: 'lookup_order', arguments: { orderId: 'A-1001' } },
            { type: 'tool_call', name: 'lookup_order', arguments: { orderId: 'A-1002' } },
          ],
        },
      ]);
      expect(JSON.parse(String(span.attributes['gen_ai.tool.definitions']))).toEqual(tools);
    }
    const [call] = answer.message?.toolCalls ?? [];
    await client().chat({
      model,
      messages: [
        user('Where is A-1001?'),
        { role: 'assistant' as const, toolCalls: call === undefined ? [] : [call] },
        {
          role: 'tool' as const,
          toolCallId: call?.id ?? '',
          content: '{"orderId":"A-1001","status":"shipped"}',
        },
      ],
    });
    expect(questionOf(spans.spans[2])).toMatchObject([
      { role: 'user' },
      { role: 'assistant', parts: [{ type: 'tool_call', id: call?.id }] },
      { role: 'tool', parts: [{ type: 'tool_call_response', id: call?.id }] },
    ]);
  });

  it('keeps parallel calls apart, each below its own parent', async () => {
    const cohere = client();
    await expectCallsApart(spans, async (question) => readAll(await cohere.chatStream(ask(question))));
  });

  it('ends abandoned and aborted streams with the received content', async () => {
    let text = '';
    for await (const event of await client().chatStream(ask('endless'))) {
      if (event.type === 'content-delta') text += event.delta?.message?.content?.text ?? '';
      if (text.length > 20) break;
    }
    expect(facts(spans.spans[0])).toMatchObject({ status: 'unset', 'throughline.cancelled': true });
    expect(answerOf(spans.spans[0])).toMatchObject([{ parts: [{ content: text }] }]);
    const controller = new AbortController();
    const stream = await client().chatStream(ask('endless'), { abortSignal: controller.signal });
    const read = async () => {
      for await (const _event of stream) controller.abort();
    };
    await read().catch(() => undefined);
    expect(spans.spans).toHaveLength(2);
    expect(facts(spans.spans[1])).toMatchObject({ status: 'unset', 'throughline.cancelled': true });
  });

  it('records errors with their status, before and within a stream', async () => {
    await expect(client().chat(ask('limit me'), { maxRetries: 0 })).rejects.toMatchObject({
      statusCode: 429,
    });
    const hangUp = await client().chatStream(ask('hang up'));
    await expect(readAll(hangUp)).rejects.toThrow();
    expect(facts(spans.spans[0])).toMatchObject({
      status: 'error',
      'error.type': 'TooManyRequestsError',
      'http.response.status_code': 429,
    });
    expect(spans.spans[0]?.otel.events[0]?.name).toBe('exception');
    expect(facts(spans.spans[1])).toMatchObject({ status: 'error' });
    expect(answerOf(spans.spans[1])).toMatchObject([{ parts: [{ content: 'one two three' }] }]);
  });

  it('records one span for a call that the client retries', async () => {
    hiccupOnce(modelServer);
    await client().chat(ask('hiccup'), { maxRetries: 2 });
    expect(spans.spans).toHaveLength(1);
    expect(facts(spans.spans[0])).toMatchObject({ status: 'unset', 'http.request.resend_count': 1 });
  });

  it('records embeddings and reranking', async () => {
    await client().embed({
      model: 'embed-v4.0',
      texts: ['one', 'two'],
      inputType: 'search_query',
      outputDimension: 256,
      embeddingTypes: ['float'],
    });
    await client().rerank({
      model: 'rerank-v3.5',
      query: 'How do I return a parcel?',
      documents: ['The weather on Mars', 'Returning parcels'],
      topN: 1,
    });
    const [embedded, reranked] = spans.spans;
    expect(facts(embedded)).toMatchObject({
      name: 'embeddings embed-v4.0',
      kind: 'embedding',
      'gen_ai.usage.input_tokens': 2,
      'gen_ai.embeddings.dimension.count': 256,
    });
    expect(facts(reranked)).toMatchObject({
      name: 'rerank rerank-v3.5',
      kind: 'reranker',
      'gen_ai.retrieval.query.text': 'How do I return a parcel?',
      'gen_ai.retrieval.top_k': 1,
      'cohere.usage.search_units': 1,
    });
    expect(reranked?.output).toEqual([{ id: '1', content: 'Returning parcels', score: expect.any(Number) }]);
  });

  it('does not change the client and its promises', async () => {
    const cohere = client();
    expect(cohere).toBeInstanceOf(Cohere);
    expect(instrument(cohere)).toBe(cohere);
    const { data, rawResponse } = await cohere.chat(ask('capital of France')).withRawResponse();
    expect(rawResponse.status).toBe(200);
    expect(plain(data.message?.content)).toMatchObject([{ text: 'Paris is the capital of France.' }]);
    expect(spans.spans).toHaveLength(1);
    await shutdown();
    expect((await cohere.chat(ask('capital of France'))).finishReason).toBe('COMPLETE');
    expect(spans.spans).toHaveLength(1);
  });
});

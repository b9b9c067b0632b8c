/** The `@google/genai` package, two majors, traced by `instrument(client)`. */
import { GoogleGenAI as GoogleGenAI3 } from '@google/genai';
import { instrument, shutdown } from '@throughline/sdk';
import { GoogleGenAI as GoogleGenAI2 } from 'genai2';
import { describe, expect, it } from 'vitest';
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

const model = 'gemini-2.5-flash';
const tools = [
  {
    functionDeclarations: [
      { name: 'lookup_order', description: 'Status of an order', parametersJsonSchema: ORDER_PARAMETERS },
    ],
  },
];

describe.each([
  ['3', GoogleGenAI3],
  ['2', GoogleGenAI2 as unknown as typeof GoogleGenAI3],
])('@google/genai %s', (major, GoogleGenAI) => {
  const bareClient = (more = {}) =>
    new GoogleGenAI({ apiKey: 'any', httpOptions: { baseUrl: models.url, ...more } });
  const client = (more = {}) => instrument(bareClient(more));

  it('records an answer: system, parameters, usage with cached and thought tokens', async () => {
    const ask = () =>
      client().models.generateContent({
        model: `models/${model}`,
        contents: 'What is the capital of France?',
        config: { systemInstruction: `${major} ${LONG_RULES}`, temperature: 0.1, maxOutputTokens: 90 },
      });
    await ask();
    const answer = await ask();
    expect(answer.text).toBe('Paris is the capital of France.');
    const span = spans.spans[1];
    expect(facts(span)).toMatchObject({
      name: `generate_content ${model}`,
      kind: 'llm',
      status: 'unset',
      'gen_ai.operation.name': 'generate_content',
      'gen_ai.provider.name': 'gcp.gemini',
      'gen_ai.request.model': model,
      'gen_ai.request.temperature': 0.1,
      'gen_ai.request.max_tokens': 90,
      'gen_ai.response.model': model,
      'gen_ai.response.id': answer.responseId,
      'gen_ai.response.finish_reasons': ['STOP'],
      'gen_ai.usage.input_tokens': answer.usageMetadata?.promptTokenCount,
      'gen_ai.usage.output_tokens': 8,
      'gen_ai.usage.cache_read.input_tokens': answer.usageMetadata?.cachedContentTokenCount,
      'server.address': '127.0.0.1',
    });
    expect(span?.attributes['gen_ai.usage.cache_read.input_tokens']).toBeGreaterThan(1000);
    expect(JSON.parse(String(span?.attributes['gen_ai.system_instructions']))).toEqual([
      { type: 'text', content: `${major} ${LONG_RULES}` },
    ]);
    expect(questionOf(span)).toEqual([
      { role: 'user', parts: [{ type: 'text', content: 'What is the capital of France?' }] },
    ]);
    expect(answerOf(span)).toEqual([
      {
        role: 'assistant',
        parts: [{ type: 'text', content: 'Paris is the capital of France.' }],
        finish_reason: 'STOP',
      },
    ]);
  });

  it('records a stream with thoughts: the chunks are the same as without tracing', async () => {
    const body = { model, contents: 'slowly', config: { thinkingConfig: { includeThoughts: true } } };
    const timeless = (chunk: unknown) =>
      JSON.stringify(chunk, (key, value) =>
        key === 'sdkHttpResponse' || key === 'responseId' ? undefined : value,
      );
    const expected = await readAll(await bareClient().models.generateContentStream(body));
    const seen = await readAll(await client().models.generateContentStream(body));
    expect(seen.map(timeless)).toEqual(expected.map(timeless));
    const [span] = spans.spans;
    expect(spans.spans).toHaveLength(1);
    const usage = seen.at(-1)?.usageMetadata;
    expect(facts(span)).toMatchObject({
      'gen_ai.request.stream': true,
      'gen_ai.usage.output_tokens': (usage?.candidatesTokenCount ?? 0) + (usage?.thoughtsTokenCount ?? 0),
      'gen_ai.response.finish_reasons': ['STOP'],
    });
    expect(Number(span?.attributes['gen_ai.response.time_to_first_chunk'])).toBeGreaterThan(0.05);
    expect(answerOf(span)).toMatchObject([{ parts: [{ type: 'text', content: 'Slow and steady.' }] }]);

    await readAll(await client().models.generateContentStream({ ...body, contents: 'Good morning' }));
    const thought = spans.spans[1];
    expect(thought?.attributes['gen_ai.usage.reasoning.output_tokens']).toBeGreaterThan(0);
    expect(answerOf(thought)).toMatchObject([
      { parts: [{ type: 'reasoning' }, { type: 'text', content: 'You said: Good morning' }] },
    ]);
  });

  it('records parallel tool calls, complete and streamed, and their results', async () => {
    const body = { model, contents: 'Where are A-1001 and A-1002?', config: { tools } };
    const answer = await client().models.generateContent(body);
    await readAll(await client().models.generateContentStream(body));
    for (const span of spans.spans) {
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
    await client().models.generateContent({
      model,
      contents: [
        { role: 'user', parts: [{ text: 'Where is A-1001?' }] },
        { role: 'model', parts: answer.candidates?.[0]?.content?.parts ?? [] },
        {
          role: 'user',
          parts: [
            {
              functionResponse: { name: 'lookup_order', response: { orderId: 'A-1001', status: 'shipped' } },
            },
          ],
        },
      ],
    });
    expect(questionOf(spans.spans[2])).toMatchObject([
      { role: 'user' },
      { role: 'assistant', parts: [{ type: 'tool_call' }, { type: 'tool_call' }] },
      { parts: [{ type: 'tool_call_response', response: { status: 'shipped' } }] },
    ]);
  });

  it('records a span for each model call of a chat, including automatic function calls', async () => {
    const google = client();
    const chat = google.chats.create({ model });
    await chat.sendMessage({ message: 'capital of France' });
    await readAll(await chat.sendMessageStream({ message: 'slowly' }));
    expect(spans.spans.map((span) => (questionOf(span) as unknown[]).length)).toEqual([1, 3]);
    spans.clear();
    const lookup = {
      tool: async () => plain(tools[0]) as object,
      callTool: async () => [
        { functionResponse: { name: 'lookup_order', response: { orderId: 'A-1001', status: 'shipped' } } },
      ],
    };
    const answer = await google.models.generateContent({
      model,
      contents: 'Where is A-1001?',
      config: { tools: [lookup] },
    });
    expect(answer.text).toContain('shipped');
    expect(spans.filter({ kind: 'llm' })).toHaveLength(2);
  });

  it('keeps parallel calls apart, each below its own parent', async () => {
    const google = client();
    await expectCallsApart(spans, async (contents) =>
      readAll(await google.models.generateContentStream({ model, contents })),
    );
  });

  it('ends abandoned and aborted streams with the received content', async () => {
    let text = '';
    for await (const chunk of await client().models.generateContentStream({ model, contents: 'endless' })) {
      text += chunk.text ?? '';
      if (text.length > 20) break;
    }
    expect(facts(spans.spans[0])).toMatchObject({ status: 'unset', 'throughline.cancelled': true });
    expect(answerOf(spans.spans[0])).toMatchObject([{ parts: [{ content: text }] }]);
    const controller = new AbortController();
    const stream = await client().models.generateContentStream({
      model,
      contents: 'endless',
      config: { abortSignal: controller.signal },
    });
    const read = async () => {
      for await (const _chunk of stream) controller.abort();
    };
    await read().catch(() => undefined);
    await eventually('the number of spans', () => spans.spans.length).toBe(2);
    expect(facts(spans.spans[1])).toMatchObject({ status: 'unset', 'throughline.cancelled': true });
  });

  it('records errors with their status, before and within a stream', async () => {
    await expect(client().models.generateContent({ model, contents: 'limit me' })).rejects.toThrow(
      'Rate limit',
    );
    const stream = await client().models.generateContentStream({ model, contents: 'stumble' });
    await expect(readAll(stream)).rejects.toThrow();
    expect(facts(spans.spans[0])).toMatchObject({
      status: 'error',
      'error.type': 'ApiError',
      'http.response.status_code': 429,
    });
    expect(spans.spans[0]?.otel.events[0]?.name).toBe('exception');
    expect(facts(spans.spans[1])).toMatchObject({ status: 'error', 'http.response.status_code': 503 });
    expect(answerOf(spans.spans[1])).toMatchObject([{ parts: [{ content: 'one two three' }] }]);
  });

  it('records one span for a call that the client retries', async () => {
    hiccupOnce(modelServer);
    const google = client({ retryOptions: { attempts: 3, initialDelay: 0.01 } });
    await google.models.generateContent({ model, contents: 'hiccup' });
    expect(spans.spans).toHaveLength(1);
    expect(facts(spans.spans[0])).toMatchObject({ status: 'unset', 'http.request.resend_count': 1 });
  });

  it('records embeddings', async () => {
    const answer = await client().models.embedContent({
      model: 'gemini-embedding-001',
      contents: ['one', 'two'],
      config: { outputDimensionality: 64 },
    });
    expect(answer.embeddings).toHaveLength(2);
    expect(facts(spans.spans[0])).toMatchObject({
      name: 'embeddings gemini-embedding-001',
      kind: 'embedding',
      'gen_ai.embeddings.dimension.count': 64,
    });
    expect(questionOf(spans.spans[0])).toMatchObject([
      { parts: [{ content: 'one' }] },
      { parts: [{ content: 'two' }] },
    ]);
  });

  it('does not change the client', async () => {
    const google = client();
    expect(google).toBeInstanceOf(GoogleGenAI);
    await shutdown();
    expect((await google.models.generateContent({ model, contents: 'capital of France' })).text).toContain(
      'Paris',
    );
    expect(spans.spans).toEqual([]);
  });
});

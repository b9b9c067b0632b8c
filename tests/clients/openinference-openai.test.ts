/** The `openai` SDK with OpenInference's instrumentation, over OTLP/protobuf. */
import { OpenAIInstrumentation } from '@arizeai/openinference-instrumentation-openai';
import OpenAI from 'openai';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createTestModelServer, LONG_RULES, ORDER_PARAMETERS } from '../support/model-server.ts';
import { priceOf } from '../support/prices.ts';
import { startTestServer, type TestServer } from '../support/start-server.ts';
import { startTelemetry, type Telemetry } from '../support/telemetry.ts';

const modelServer = createTestModelServer();
let models: Awaited<ReturnType<typeof modelServer.listen>>;
let server: TestServer;
let telemetry: Telemetry;
let openai: OpenAI;

beforeAll(async () => {
  models = await modelServer.listen(0);
  server = await startTestServer();
  telemetry = startTelemetry(server);
  const instrumentation = new OpenAIInstrumentation({ tracerProvider: telemetry.provider });
  instrumentation.manuallyInstrument({ OpenAI } as unknown as typeof OpenAI);
  openai = new OpenAI({ baseURL: `${models.url}/v1`, apiKey: 'any', maxRetries: 0 });
});
afterAll(async () => {
  await telemetry?.stop();
  await server?.stop();
  await models?.close();
});

const user = (content: string) => ({ role: 'user' as const, content });
const system = { role: 'system' as const, content: LONG_RULES };
const tool = {
  type: 'function' as const,
  function: { name: 'lookup_order', description: 'Status of an order', parameters: ORDER_PARAMETERS },
};

test('a chat: messages, tokens including cached ones, cost, finish reason', async () => {
  const body = {
    model: 'gpt-4o',
    temperature: 0.2,
    messages: [system, user('What is the capital of France?')],
  };
  await openai.chat.completions.create(body);
  const { traceId, result } = await telemetry.record('chat', () => openai.chat.completions.create(body));
  const usage = result?.usage;
  const cached = usage?.prompt_tokens_details?.cached_tokens ?? 0;
  expect(cached).toBeGreaterThan(1000);

  const trace = await server.getTrace(traceId, 2);
  const span = await server.findSpan(trace, ({ kind }) => kind === 'llm');
  expect(span).toMatchObject({
    name: 'OpenAI Chat Completions',
    status: 'ok',
    provider: 'openai',
    model: 'gpt-4o',
    inputTokens: usage?.prompt_tokens,
    outputTokens: usage?.completion_tokens,
    cacheReadTokens: cached,
    reasoningTokens: 0,
    counted: true,
    finishReasons: ['stop'],
    parameters: { temperature: 0.2 },
    // The client does not measure it.
    ttftMs: null,
  });
  expect(span.costUsd).toBeCloseTo(
    priceOf('gpt-4o', {
      input: usage?.prompt_tokens ?? 0,
      cacheRead: cached,
      output: usage?.completion_tokens ?? 0,
    }),
    12,
  );
  expect(span.inputMessages).toEqual([
    { role: 'system', parts: [{ type: 'text', content: LONG_RULES }] },
    { role: 'user', parts: [{ type: 'text', content: 'What is the capital of France?' }] },
  ]);
  expect(span.outputMessages).toMatchObject([
    { role: 'assistant', parts: [{ type: 'text', content: 'Paris is the capital of France.' }] },
  ]);
  expect(trace).toMatchObject({
    name: 'chat',
    spanCount: 2,
    inputTokens: usage?.prompt_tokens,
    costUsd: span.costUsd,
    costIncomplete: false,
    models: ['gpt-4o'],
  });
});

test('a streamed chat: has the text but no usage, because the client ignores the chunk with the usage', async () => {
  const { traceId, result } = await telemetry.record('stream', async () => {
    const stream = await openai.chat.completions.create({
      model: 'gpt-4o',
      stream: true,
      stream_options: { include_usage: true },
      messages: [user('slowly')],
    });
    let text = '';
    for await (const chunk of stream) text += chunk.choices[0]?.delta.content ?? '';
    return text;
  });
  expect(result).toBe('Slow and steady.');

  const span = await server.findSpan(await server.getTrace(traceId, 2), ({ kind }) => kind === 'llm');
  expect(span).toMatchObject({
    model: 'gpt-4o',
    finishReasons: ['stop'],
    inputTokens: null,
    outputTokens: null,
    costUsd: null,
    // The client does not measure this either.
    ttftMs: null,
  });
  expect(span.outputMessages).toMatchObject([
    { role: 'assistant', parts: [{ type: 'text', content: 'Slow and steady.' }] },
  ]);
  expect(span.durationMs).toBeGreaterThan(110);
});

test('parallel tool calls, and their results in the next call', async () => {
  const { traceId } = await telemetry.record('tools', async () => {
    const messages: OpenAI.ChatCompletionMessageParam[] = [user('Where are A-1001 and A-1002?')];
    const asked = await openai.chat.completions.create({ model: 'gpt-4o-mini', tools: [tool], messages });
    const message = asked.choices[0]?.message;
    if (message === undefined) throw new Error('Expected a message');
    const results = (message.tool_calls ?? []).map((call, index) => ({
      role: 'tool' as const,
      tool_call_id: call.id,
      content: JSON.stringify({ orderId: `A-100${index + 1}`, status: 'shipped' }),
    }));
    return openai.chat.completions.create({
      model: 'gpt-4o-mini',
      tools: [tool],
      messages: [...messages, message, ...results],
    });
  });

  const trace = await server.getTrace(traceId, 3);
  const [first, second] = trace.spans.filter(({ kind }) => kind === 'llm');
  const asking = await server.getSpan({ traceId, spanId: first?.spanId ?? '' });
  const calls = [
    { type: 'tool_call', name: 'lookup_order', arguments: { orderId: 'A-1001' } },
    { type: 'tool_call', name: 'lookup_order', arguments: { orderId: 'A-1002' } },
  ];
  expect(asking.outputMessages).toMatchObject([{ role: 'assistant', parts: calls }]);
  expect(asking.finishReasons).toEqual(['tool_calls']);
  expect(asking.toolDefinitions).toEqual([tool]);

  const answering = await server.getSpan({ traceId, spanId: second?.spanId ?? '' });
  const ids = asking.outputMessages?.[0]?.parts.map((part) => part.id) ?? [];
  expect(ids[0]).toMatch(/^call_/);
  expect(answering.inputMessages).toMatchObject([
    { role: 'user', parts: [{ type: 'text', content: 'Where are A-1001 and A-1002?' }] },
    { role: 'assistant', parts: calls },
    { role: 'tool', parts: [{ type: 'tool_call_response', id: ids[0] }] },
    { role: 'tool', parts: [{ type: 'tool_call_response', id: ids[1] }] },
  ]);
  expect(answering.outputMessages?.[0]?.parts).toMatchObject([
    { type: 'text', content: 'Order A-1001: status shipped. Order A-1002: status shipped.' },
  ]);
  expect(trace.costUsd).toBeCloseTo((asking.costUsd ?? 0) + (answering.costUsd ?? 0), 12);
});

test('streamed tool calls are assembled', async () => {
  const { traceId } = await telemetry.record('streamed tools', async () => {
    const stream = await openai.chat.completions.create({
      model: 'gpt-4o',
      stream: true,
      tools: [tool],
      messages: [user('Where is A-1001?')],
    });
    for await (const _chunk of stream);
  });
  const span = await server.findSpan(await server.getTrace(traceId, 2), ({ kind }) => kind === 'llm');
  expect(span.outputMessages?.[0]?.parts.filter(({ type }) => type === 'tool_call')).toMatchObject([
    { name: 'lookup_order', arguments: { orderId: 'A-1001' } },
  ]);
});

test('an image in the question', async () => {
  const url =
    'data:image/png;base64,iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==';
  const { traceId } = await telemetry.record('image', () =>
    openai.chat.completions.create({
      model: 'gpt-4o',
      messages: [
        {
          role: 'user',
          content: [
            { type: 'text', text: 'What is this?' },
            { type: 'image_url', image_url: { url } },
          ],
        },
      ],
    }),
  );
  const span = await server.findSpan(await server.getTrace(traceId, 2), ({ kind }) => kind === 'llm');
  expect(span.inputMessages?.[0]?.parts).toEqual([
    { type: 'text', content: 'What is this?' },
    { type: 'blob', modality: 'image', mime_type: 'image/png', content: url.slice(url.indexOf(',') + 1) },
  ]);
});

test('the Responses API: instructions, reasoning and its tokens', async () => {
  const { traceId, result } = await telemetry.record('responses', () =>
    openai.responses.create({ model: 'gpt-5-mini', instructions: 'Be brief.', input: 'Good morning' }),
  );
  const usage = result?.usage;
  const span = await server.findSpan(await server.getTrace(traceId, 2), ({ kind }) => kind === 'llm');
  expect(span).toMatchObject({
    model: 'gpt-5-mini',
    inputTokens: usage?.input_tokens,
    outputTokens: usage?.output_tokens,
    reasoningTokens: usage?.output_tokens_details.reasoning_tokens,
  });
  expect(span.reasoningTokens).toBeGreaterThan(0);
  expect(span.costUsd).toBeCloseTo(
    priceOf('gpt-5-mini', { input: usage?.input_tokens ?? 0, output: usage?.output_tokens ?? 0 }),
    12,
  );
  expect(span.inputMessages).toMatchObject([
    { role: 'system', parts: [{ type: 'text', content: 'Be brief.' }] },
    { role: 'user', parts: [{ type: 'text', content: 'Good morning' }] },
  ]);
  const parts = span.outputMessages?.flatMap((message) => message.parts) ?? [];
  expect(parts.map(({ type }) => type)).toEqual(['reasoning', 'text']);
  expect(parts[1]).toMatchObject({ content: 'You said: Good morning' });
});

test('the Responses API, streamed: a function call, and tokens', async () => {
  const { traceId, result } = await telemetry.record('streamed response', async () => {
    const stream = await openai.responses.create({
      model: 'gpt-4o',
      stream: true,
      input: 'Where is A-1001?',
      tools: [{ type: 'function', strict: false, ...tool.function }],
    });
    let usage: OpenAI.Responses.ResponseUsage | undefined;
    for await (const event of stream) if (event.type === 'response.completed') usage = event.response.usage;
    return usage;
  });
  const span = await server.findSpan(await server.getTrace(traceId, 2), ({ kind }) => kind === 'llm');
  expect(span).toMatchObject({ inputTokens: result?.input_tokens, outputTokens: result?.output_tokens });
  expect(span.outputMessages?.flatMap(({ parts }) => parts)).toMatchObject([
    { type: 'tool_call', name: 'lookup_order', arguments: { orderId: 'A-1001' } },
  ]);
});

test('an embedding: its texts and dimensions; tokens are not reported by the client', async () => {
  const { traceId } = await telemetry.record('embed', () =>
    openai.embeddings.create({ model: 'text-embedding-3-small', input: ['one', 'two'], dimensions: 64 }),
  );
  const span = await server.findSpan(await server.getTrace(traceId, 2), ({ kind }) => kind === 'embedding');
  expect(span).toMatchObject({
    name: 'OpenAI Embeddings',
    model: 'text-embedding-3-small',
    embedding: { texts: ['one', 'two'], dimensions: 64, count: 2 },
    inputTokens: null,
    costUsd: null,
  });
});

test('a call that the provider rejects is missing, because the client never ends its span', async () => {
  const { traceId, error } = await telemetry.record('refused', () =>
    openai.chat.completions.create({ model: 'gpt-4o', messages: [user('limit me')] }),
  );
  expect(error).toBeInstanceOf(OpenAI.RateLimitError);
  const trace = await server.getTrace(traceId, 1);
  expect(trace.spans.map(({ name }) => name)).toEqual(['refused']);
});

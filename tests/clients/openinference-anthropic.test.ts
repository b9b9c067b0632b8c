/** `@anthropic-ai/sdk` with OpenInference's instrumentation, over OTLP/JSON. The spans of the SDK itself are disabled. */
import Anthropic from '@anthropic-ai/sdk';
import { AnthropicInstrumentation } from '@arizeai/openinference-instrumentation-anthropic';
import { afterAll, beforeAll, expect, test } from 'vitest';
import {
  createTestModelServer,
  LONG_RULES,
  LONG_RULES_TOKENS,
  ORDER_PARAMETERS,
} from '../support/model-server.ts';
import { priceOf } from '../support/prices.ts';
import { startTestServer, type TestServer } from '../support/start-server.ts';
import { startTelemetry, type Telemetry } from '../support/telemetry.ts';

const modelServer = createTestModelServer();
let models: Awaited<ReturnType<typeof modelServer.listen>>;
let server: TestServer;
let telemetry: Telemetry;
let anthropic: Anthropic;

beforeAll(async () => {
  models = await modelServer.listen(0);
  server = await startTestServer();
  telemetry = startTelemetry(server, 'json');
  const instrumentation = new AnthropicInstrumentation({ tracerProvider: telemetry.provider });
  instrumentation.manuallyInstrument({ default: Anthropic } as unknown as typeof Anthropic);
  anthropic = new Anthropic({ baseURL: models.url, apiKey: 'any', maxRetries: 0, openTelemetry: false });
});
afterAll(async () => {
  await telemetry?.stop();
  await server?.stop();
  await models?.close();
});

const user = (content: string) => ({ role: 'user' as const, content });
const defaults = { model: 'claude-sonnet-4-20250514' as const, max_tokens: 2000 };
const tool = { name: 'lookup_order', description: 'Status of an order', input_schema: ORDER_PARAMETERS };

test('a message: cache writes and reads are part of the input, each with its own price', async () => {
  const body = {
    ...defaults,
    system: [{ type: 'text' as const, text: LONG_RULES, cache_control: { type: 'ephemeral' as const } }],
    messages: [user('What is the capital of France?')],
  };
  const writing = await telemetry.record('write', () => anthropic.messages.create(body));
  const reading = await telemetry.record('read', () => anthropic.messages.create(body));
  const cached = LONG_RULES_TOKENS;
  const rest = writing.result?.usage.input_tokens ?? 0;
  expect(writing.result?.usage).toMatchObject({
    cache_creation_input_tokens: cached,
    cache_read_input_tokens: 0,
  });
  expect(reading.result?.usage).toMatchObject({
    cache_creation_input_tokens: 0,
    cache_read_input_tokens: cached,
  });

  const written = await server.findSpan(
    await server.getTrace(writing.traceId, 2),
    ({ kind }) => kind === 'llm',
  );
  expect(written).toMatchObject({
    provider: 'anthropic',
    model: defaults.model,
    requestModel: defaults.model,
    inputTokens: rest + cached,
    outputTokens: 8,
    cacheWriteTokens: cached,
    finishReasons: ['end_turn'],
    status: 'ok',
  });
  expect(written.costUsd).toBeCloseTo(
    priceOf(defaults.model, { input: rest + cached, cacheWrite: cached, output: 8 }),
    12,
  );

  const read = await server.findSpan(await server.getTrace(reading.traceId, 2), ({ kind }) => kind === 'llm');
  expect(read).toMatchObject({ inputTokens: rest + cached, cacheReadTokens: cached });
  expect(read.costUsd).toBeCloseTo(
    priceOf(defaults.model, { input: rest + cached, cacheRead: cached, output: 8 }),
    12,
  );
  expect(read.inputMessages).toMatchObject([
    { role: 'system', parts: [{ type: 'text', content: LONG_RULES }] },
    { role: 'user', parts: [{ type: 'text', content: 'What is the capital of France?' }] },
  ]);
  expect(read.outputMessages?.[0]?.parts).toMatchObject([
    { type: 'text', content: 'Paris is the capital of France.' },
  ]);
});

test('a stream: thinking, a tool call, usage', async () => {
  const { traceId, result } = await telemetry.record('stream', async () => {
    const stream = anthropic.messages.stream({
      ...defaults,
      thinking: { type: 'enabled', budget_tokens: 1024 },
      tools: [tool],
      messages: [user('Where is A-1001?')],
    });
    return stream.finalMessage();
  });
  const span = await server.findSpan(await server.getTrace(traceId, 2), ({ kind }) => kind === 'llm');
  expect(span).toMatchObject({
    inputTokens: result?.usage.input_tokens,
    outputTokens: result?.usage.output_tokens,
    finishReasons: ['tool_use'],
    // The client does not measure it.
    ttftMs: null,
  });
  expect(span.outputMessages).toMatchObject([
    {
      role: 'assistant',
      parts: [
        { type: 'reasoning', content: 'The user asks: Where is A-1001? That needs 1 tool call first.' },
        { type: 'tool_call', name: 'lookup_order', arguments: { orderId: 'A-1001' } },
      ],
    },
  ]);
  expect(span.outputMessages?.[0]?.parts).toHaveLength(2);
});

test('the result of a tool is sent as a message of the tool', async () => {
  const { traceId } = await telemetry.record('tools', async () => {
    const asked = await anthropic.messages.create({
      ...defaults,
      tools: [tool],
      messages: [user('Where is A-1001?')],
    });
    const [call] = asked.content;
    if (call?.type !== 'tool_use') throw new Error('Expected a call');
    return anthropic.messages.create({
      ...defaults,
      tools: [tool],
      messages: [
        user('Where is A-1001?'),
        { role: 'assistant', content: asked.content },
        {
          role: 'user',
          content: [
            { type: 'tool_result', tool_use_id: call.id, content: '{"orderId":"A-1001","status":"packed"}' },
          ],
        },
      ],
    });
  });
  const trace = await server.getTrace(traceId, 3);
  const spanId = trace.spans.filter(({ kind }) => kind === 'llm')[1]?.spanId ?? '';
  const span = await server.getSpan({ traceId, spanId });
  const [, asked, answered] = span.inputMessages ?? [];
  const id = asked?.parts[0]?.id;
  expect(asked?.parts).toEqual([
    { type: 'tool_call', id, name: 'lookup_order', arguments: { orderId: 'A-1001' } },
  ]);
  expect(answered?.parts).toMatchObject([{ type: 'tool_call_response', id }]);
  expect(span.outputMessages?.[0]?.parts).toMatchObject([
    { type: 'text', content: 'Order A-1001: status packed.' },
  ]);
});

test('a call that the provider rejects: status, exception and stack', async () => {
  const { traceId, error } = await telemetry.record('refused', () =>
    anthropic.messages.create({ ...defaults, messages: [user('limit me')] }),
  );
  expect(error).toBeInstanceOf(Anthropic.RateLimitError);
  const span = await server.findSpan(await server.getTrace(traceId, 2), ({ kind }) => kind === 'llm');
  expect(span.status).toBe('error');
  expect(span.statusMessage).toContain('Rate limit reached');
  expect(span.errorType).toBe('RateLimitError');
  expect(span.inputTokens).toBeNull();
  const [event] = span.events;
  expect(event?.name).toBe('exception');
  expect(event?.attributes['exception.stacktrace']).toContain('APIError.generate');
});

// Since version 1 the SDK itself creates spans if a tracer provider is registered. They are below the span of the
// instrumentation for the same call and repeat its usage.
test('spans of the SDK below those of the instrumentation are not counted again', async () => {
  const twice = new Anthropic({ baseURL: models.url, apiKey: 'any', maxRetries: 0 });
  const { traceId, result } = await telemetry.record('twice', () =>
    twice.messages.create({ ...defaults, messages: [user('What is the capital of France?')] }),
  );
  const trace = await server.getTrace(traceId, 3);
  expect(trace.spans.filter(({ kind }) => kind === 'llm')).toHaveLength(2);
  expect(trace.inputTokens).toBe(result?.usage.input_tokens);
});

/** `@anthropic-ai/sdk` alone: it creates OpenTelemetry spans if a tracer provider is registered. */
import Anthropic from '@anthropic-ai/sdk';
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
  telemetry = startTelemetry(server);
  anthropic = new Anthropic({
    baseURL: models.url,
    apiKey: 'any',
    maxRetries: 0,
    openTelemetry: { traces: { contentMode: 'content' } },
  });
});
afterAll(async () => {
  await telemetry?.stop();
  await server?.stop();
  await models?.close();
});

const user = (content: string) => ({ role: 'user' as const, content });
const defaults = { model: 'claude-sonnet-4-20250514' as const, max_tokens: 2000 };
const tool = { name: 'lookup_order', description: 'Status of an order', input_schema: ORDER_PARAMETERS };

test('a message: tokens including cached ones, cost, messages, finish reason', async () => {
  const { traceId, result } = await telemetry.record('message', () =>
    anthropic.messages.create({
      ...defaults,
      system: [{ type: 'text', text: LONG_RULES, cache_control: { type: 'ephemeral' } }],
      messages: [user('What is the capital of France?')],
    }),
  );
  const written = LONG_RULES_TOKENS;
  const input = written + (result?.usage.input_tokens ?? 0);
  const span = await server.findSpan(await server.getTrace(traceId, 2), ({ kind }) => kind === 'llm');
  expect(span).toMatchObject({
    name: 'anthropic.messages.create',
    otelKind: 'client',
    provider: 'anthropic',
    model: defaults.model,
    responseId: result?.id,
    operation: 'chat',
    inputTokens: input,
    cacheWriteTokens: written,
    outputTokens: 8,
    finishReasons: ['end_turn'],
    status: 'ok',
  });
  expect(span.costUsd).toBeCloseTo(priceOf(defaults.model, { input, cacheWrite: written, output: 8 }), 12);
  expect(span.inputMessages).toMatchObject([
    { role: 'system', parts: [{ type: 'text', content: LONG_RULES }] },
    { role: 'user', parts: [{ type: 'text', content: 'What is the capital of France?' }] },
  ]);
  expect(span.outputMessages?.[0]?.parts).toMatchObject([
    { type: 'text', content: 'Paris is the capital of France.' },
  ]);
});

test('a stream: time to the first chunk, thinking, a tool call', async () => {
  const { traceId, result } = await telemetry.record('stream', () =>
    anthropic.messages
      .stream({
        ...defaults,
        thinking: { type: 'enabled', budget_tokens: 1024 },
        tools: [tool],
        messages: [user('Where is A-1001?')],
      })
      .finalMessage(),
  );
  const span = await server.findSpan(await server.getTrace(traceId, 2), ({ kind }) => kind === 'llm');
  expect(span).toMatchObject({
    inputTokens: result?.usage.input_tokens,
    outputTokens: result?.usage.output_tokens,
  });
  expect(span.ttftMs).toBeGreaterThan(0);
  expect(span.ttftMs).toBeLessThanOrEqual(Math.ceil(span.durationMs ?? 0));
  expect(span.outputMessages?.[0]?.parts).toMatchObject([
    { type: 'reasoning', content: 'The user asks: Where is A-1001? That needs 1 tool call first.' },
    { type: 'tool_call', name: 'lookup_order', arguments: { orderId: 'A-1001' } },
  ]);
});

test('a call that the provider rejects: status and type of the error', async () => {
  const { traceId, error } = await telemetry.record('refused', () =>
    anthropic.messages.create({ ...defaults, messages: [user('limit me')] }),
  );
  expect(error).toBeInstanceOf(Anthropic.RateLimitError);
  const span = await server.findSpan(await server.getTrace(traceId, 2), ({ kind }) => kind === 'llm');
  expect(span).toMatchObject({ status: 'error', errorType: 'rate_limit_error', inputTokens: null });
  expect(span.attributes['http.response.status_code']).toBe(429);
});

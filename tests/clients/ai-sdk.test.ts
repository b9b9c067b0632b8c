/** Vercel's AI SDK 7 with its own OpenTelemetry integration, over OTLP/protobuf. */
import { createAnthropic } from '@ai-sdk/anthropic';
import { createOpenAI } from '@ai-sdk/openai';
import { OpenTelemetry } from '@ai-sdk/otel';
import { embedMany, generateText, isStepCount, Output, registerTelemetry, streamText, tool } from 'ai';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { z } from 'zod';
import { createTestModelServer, LONG_RULES, LONG_RULES_TOKENS } from '../support/model-server.ts';
import { priceOf } from '../support/prices.ts';
import { startTestServer, type TestServer } from '../support/start-server.ts';
import { startTelemetry, type Telemetry } from '../support/telemetry.ts';

const modelServer = createTestModelServer();
let models: Awaited<ReturnType<typeof modelServer.listen>>;
let server: TestServer;
let telemetry: Telemetry;
let openai: ReturnType<typeof createOpenAI>;
let anthropic: ReturnType<typeof createAnthropic>;

beforeAll(async () => {
  models = await modelServer.listen(0);
  server = await startTestServer();
  telemetry = startTelemetry(server);
  registerTelemetry(new OpenTelemetry());
  openai = createOpenAI({ baseURL: `${models.url}/v1`, apiKey: 'any' });
  anthropic = createAnthropic({ baseURL: `${models.url}/v1`, apiKey: 'any' });
});
afterAll(async () => {
  await telemetry?.stop();
  await server?.stop();
  await models?.close();
});

const lookupOrder = tool({
  description: 'Status of an order',
  inputSchema: z.object({ orderId: z.string() }),
  execute: async ({ orderId }) => ({ orderId, status: 'shipped' }),
});

test('generateText: the model call counts, but not the agent span that repeats its usage', async () => {
  const { traceId, result } = await telemetry.record('generate', () =>
    generateText({
      model: openai.chat('gpt-4o'),
      system: 'You know geography.',
      prompt: 'What is the capital of France?',
      telemetry: { functionId: 'geography' },
    }),
  );
  const input = result?.usage.inputTokens ?? 0;
  const trace = await server.getTrace(traceId, 3);
  const span = await server.findSpan(trace, ({ kind }) => kind === 'llm');
  expect(span).toMatchObject({
    name: 'chat gpt-4o',
    provider: 'openai',
    model: 'gpt-4o',
    operation: 'chat',
    inputTokens: input,
    outputTokens: 8,
    cacheReadTokens: 0,
    finishReasons: ['stop'],
    counted: true,
  });
  expect(input).toBeGreaterThan(5);
  expect(span.costUsd).toBeCloseTo(priceOf('gpt-4o', { input, output: 8 }), 12);
  expect(span.inputMessages).toMatchObject([
    { role: 'system', parts: [{ type: 'text', content: 'You know geography.' }] },
    { role: 'user', parts: [{ type: 'text', content: 'What is the capital of France?' }] },
  ]);
  expect(span.outputMessages).toMatchObject([
    { role: 'assistant', parts: [{ type: 'text', content: 'Paris is the capital of France.' }] },
  ]);

  const agent = await server.findSpan(trace, ({ name }) => name === 'invoke_agent gpt-4o');
  expect(agent).toMatchObject({ kind: 'agent', agentName: 'geography', counted: false, inputTokens: input });
  expect(trace.inputTokens).toBe(input);
  expect(trace.costUsd).toBe(span.costUsd);
});

test('streamText: time to the first token, text, usage', async () => {
  const { traceId, result } = await telemetry.record('stream', async () => {
    const stream = streamText({ model: openai.chat('gpt-4o-mini'), prompt: 'slowly' });
    return { text: await stream.text, usage: await stream.usage };
  });
  expect(result?.text).toBe('Slow and steady.');
  const span = await server.findSpan(await server.getTrace(traceId, 3), ({ kind }) => kind === 'llm');
  expect(span).toMatchObject({
    inputTokens: result?.usage.inputTokens,
    outputTokens: 4,
    finishReasons: ['stop'],
  });
  expect(span.ttftMs).toBeGreaterThan(100);
  expect(span.ttftMs).toBeLessThan(span.durationMs ?? 0);
});

test('tools: two turns with the tool between them', async () => {
  const { traceId, result } = await telemetry.record('tools', () =>
    generateText({
      model: openai.chat('gpt-4o'),
      tools: { lookup_order: lookupOrder },
      stopWhen: isStepCount(3),
      prompt: 'Where is A-1001?',
    }),
  );
  expect(result?.text).toBe('Order A-1001: status shipped.');
  const trace = await server.getTrace(traceId, 5);
  const calls = trace.spans.filter(({ kind }) => kind === 'llm');
  expect(calls).toHaveLength(2);
  const asking = await server.getSpan({ traceId, spanId: calls[0]?.spanId ?? '' });
  expect(asking.outputMessages?.[0]?.parts).toMatchObject([
    { type: 'tool_call', name: 'lookup_order', arguments: { orderId: 'A-1001' } },
  ]);
  const id = asking.outputMessages?.[0]?.parts[0]?.id;

  const ran = await server.findSpan(trace, ({ kind }) => kind === 'tool');
  expect(ran).toMatchObject({ name: 'execute_tool lookup_order', toolName: 'lookup_order' });
  expect(ran.tool).toMatchObject({
    name: 'lookup_order',
    callId: id,
    arguments: { orderId: 'A-1001' },
    result: { orderId: 'A-1001', status: 'shipped' },
  });

  const answering = await server.getSpan({ traceId, spanId: calls[1]?.spanId ?? '' });
  expect(answering.inputMessages?.at(-1)).toMatchObject({
    role: 'tool',
    parts: [{ type: 'tool_call_response', id, response: { orderId: 'A-1001', status: 'shipped' } }],
  });
  expect(trace.inputTokens).toBe((calls[0]?.inputTokens ?? 0) + (calls[1]?.inputTokens ?? 0));
});

test('a structured output: the JSON that the model wrote', async () => {
  const { traceId, result } = await telemetry.record('object', () =>
    generateText({
      model: openai.chat('gpt-4o'),
      prompt: 'What is the capital of Portugal?',
      output: Output.object({ schema: z.object({ answer: z.string(), found: z.boolean() }) }),
    }),
  );
  expect(result?.output).toEqual({ answer: 'You said: What is the capital of Portugal?', found: true });
  const span = await server.findSpan(await server.getTrace(traceId, 3), ({ kind }) => kind === 'llm');
  const [part] = span.outputMessages?.[0]?.parts ?? [];
  expect(JSON.parse(String(part?.content))).toEqual(result?.output);
});

test('a tool that throws: the exception is on its span, and the model gets an error result', async () => {
  const broken = tool({
    description: 'Status of an order',
    inputSchema: z.object({ orderId: z.string() }),
    execute: async (): Promise<string> => {
      throw new RangeError('The order store is closed');
    },
  });
  const { traceId } = await telemetry.record('broken tool', () =>
    generateText({
      model: openai.chat('gpt-4o'),
      tools: { lookup_order: broken },
      stopWhen: isStepCount(3),
      prompt: 'Where is A-1001?',
    }),
  );
  const trace = await server.getTrace(traceId, 5);
  const ran = await server.findSpan(trace, ({ kind }) => kind === 'tool');
  expect(ran).toMatchObject({
    status: 'error',
    statusMessage: 'The order store is closed',
    toolName: 'lookup_order',
  });
  expect(ran.events[0]?.attributes['exception.stacktrace']).toContain(
    'RangeError: The order store is closed',
  );
});

test('an Anthropic model: cached tokens are part of the input', async () => {
  const ask = () =>
    generateText({
      model: anthropic('claude-sonnet-4-20250514'),
      instructions: {
        role: 'system',
        content: LONG_RULES,
        providerOptions: { anthropic: { cacheControl: { type: 'ephemeral' } } },
      },
      prompt: 'What is the capital of France?',
    });
  await ask();
  const { traceId, result } = await telemetry.record('cached', ask);
  const cached = LONG_RULES_TOKENS;
  expect(result?.usage.inputTokenDetails.cacheReadTokens).toBe(cached);
  const input = result?.usage.inputTokens ?? 0;
  const span = await server.findSpan(await server.getTrace(traceId, 3), ({ kind }) => kind === 'llm');
  expect(span).toMatchObject({
    provider: 'anthropic',
    inputTokens: input,
    cacheReadTokens: cached,
    outputTokens: 8,
  });
  expect(span.costUsd).toBeCloseTo(
    priceOf('claude-sonnet-4-20250514', { input, cacheRead: cached, output: 8 }),
    12,
  );
});

test('embedMany: tokens and cost', async () => {
  const { traceId, result } = await telemetry.record('embed', () =>
    embedMany({ model: openai.embedding('text-embedding-3-small'), values: ['one thing', 'another'] }),
  );
  expect(result?.usage.tokens).toBe(5);
  // Two spans have the same name: the operation, and the model call in it. Only the call has tokens.
  const trace = await server.getTrace(traceId, 3);
  const [call, operation] = trace.spans
    .filter(({ kind }) => kind === 'embedding')
    .sort((a, b) => (b.inputTokens ?? 0) - (a.inputTokens ?? 0));
  expect(call).toMatchObject({
    model: 'text-embedding-3-small',
    inputTokens: 5,
    parentSpanId: operation?.spanId,
  });
  expect(operation?.inputTokens).toBeNull();
  expect(trace.inputTokens).toBe(5);
  expect(trace.costUsd).toBeCloseTo(priceOf('text-embedding-3-small', { input: 5 }), 12);
});

test('a call that the provider rejects: status and message', async () => {
  const { traceId, error } = await telemetry.record('refused', () =>
    generateText({ model: openai.chat('gpt-4o'), prompt: 'fail', maxRetries: 0 }),
  );
  expect(error).toBeInstanceOf(Error);
  const trace = await server.getTrace(traceId, 3);
  const span = await server.findSpan(trace, ({ kind }) => kind === 'llm');
  expect(span.status).toBe('error');
  expect(span.statusMessage).toContain('The server had an error');
  expect(span.inputTokens).toBeNull();
  expect(trace.costUsd).toBeNull();
});

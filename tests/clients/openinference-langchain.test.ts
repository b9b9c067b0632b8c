/** LangChain.js with OpenInference's instrumentation, over OTLP/JSON. */
import { LangChainInstrumentation } from '@arizeai/openinference-instrumentation-langchain';
import * as callbackManager from '@langchain/core/callbacks/manager';
import { StringOutputParser } from '@langchain/core/output_parsers';
import { ChatPromptTemplate } from '@langchain/core/prompts';
import { tool } from '@langchain/core/tools';
import { ChatOpenAI } from '@langchain/openai';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { z } from 'zod';
import { createTestModelServer } from '../support/model-server.ts';
import { priceOf } from '../support/prices.ts';
import { startTestServer, type TestServer } from '../support/start-server.ts';
import { startTelemetry, type Telemetry } from '../support/telemetry.ts';

const modelServer = createTestModelServer();
let models: Awaited<ReturnType<typeof modelServer.listen>>;
let server: TestServer;
let telemetry: Telemetry;
let chat: ChatOpenAI;

beforeAll(async () => {
  models = await modelServer.listen(0);
  server = await startTestServer();
  telemetry = startTelemetry(server, 'json');
  new LangChainInstrumentation({ tracerProvider: telemetry.provider }).manuallyInstrument(callbackManager);
  chat = new ChatOpenAI({
    model: 'gpt-4o',
    temperature: 0.2,
    apiKey: 'any',
    maxRetries: 0,
    configuration: { baseURL: `${models.url}/v1` },
  });
});
afterAll(async () => {
  await telemetry?.stop();
  await server?.stop();
  await models?.close();
});

const lookupOrder = tool(async ({ orderId }) => ({ orderId, status: 'shipped' }), {
  name: 'lookup_order',
  description: 'Status of an order',
  schema: z.object({ orderId: z.string() }),
});

test('a call: messages, tokens, cost', async () => {
  const { traceId, result } = await telemetry.record('invoke', () =>
    chat.invoke('What is the capital of France?'),
  );
  // The declared type of the result of `invoke` is wider than the actual one.
  const usage = result?.usage_metadata as { input_tokens: number; output_tokens: number } | undefined;
  const span = await server.findSpan(await server.getTrace(traceId, 2), ({ kind }) => kind === 'llm');
  expect(span).toMatchObject({
    name: 'ChatOpenAI',
    model: 'gpt-4o',
    inputTokens: usage?.input_tokens,
    outputTokens: usage?.output_tokens,
    status: 'ok',
  });
  expect(usage?.output_tokens).toBe(8);
  expect(span.costUsd).toBeCloseTo(
    priceOf('gpt-4o', { input: usage?.input_tokens ?? 0, output: usage?.output_tokens ?? 0 }),
    12,
  );
  expect(span.inputMessages).toMatchObject([
    { role: 'user', parts: [{ type: 'text', content: 'What is the capital of France?' }] },
  ]);
  expect(span.outputMessages).toMatchObject([
    { role: 'assistant', parts: [{ type: 'text', content: 'Paris is the capital of France.' }] },
  ]);
});

test('a stream: LangChain requests usage, so tokens are known; the time to the first token is not measured', async () => {
  const { traceId, result } = await telemetry.record('stream', async () => {
    let text = '';
    for await (const chunk of await chat.stream('slowly')) text += chunk.text;
    return text;
  });
  expect(result).toBe('Slow and steady.');
  const span = await server.findSpan(await server.getTrace(traceId, 2), ({ kind }) => kind === 'llm');
  expect(span).toMatchObject({ model: 'gpt-4o', outputTokens: 4, finishReasons: ['stop'], ttftMs: null });
  expect(span.outputMessages?.[0]?.parts).toMatchObject([{ type: 'text', content: 'Slow and steady.' }]);
});

test('a chain of prompt, model and parser: only the model counts', async () => {
  const chain = ChatPromptTemplate.fromMessages([
    ['system', 'You know {topic}.'],
    ['user', 'What is the capital of {country}?'],
  ])
    .pipe(chat)
    .pipe(new StringOutputParser());
  const { traceId, result } = await telemetry.record('chain', () =>
    chain.invoke({ topic: 'geography', country: 'France' }),
  );
  expect(result).toBe('Paris is the capital of France.');
  const trace = await server.getTrace(traceId, 5);
  expect(trace.spans.map(({ name, counted }) => [name, counted]).sort()).toEqual([
    ['ChatOpenAI', true],
    ['ChatPromptTemplate', false],
    ['RunnableSequence', false],
    ['StrOutputParser', false],
    ['chain', false],
  ]);
  const sequence = trace.spans.find(({ name }) => name === 'RunnableSequence');
  expect(trace.spans.filter(({ parentSpanId }) => parentSpanId === sequence?.spanId)).toHaveLength(3);
  const model = trace.spans.find(({ name }) => name === 'ChatOpenAI');
  expect(trace.inputTokens).toBe(model?.inputTokens);
  expect(trace.costUsd).toBe(model?.costUsd);
});

test('a tool: the call of the model, and the run of the tool', async () => {
  const { traceId } = await telemetry.record('tools', async () => {
    const asked = await chat.bindTools([lookupOrder]).invoke('Where is A-1001?');
    const [call] = asked.tool_calls ?? [];
    if (call === undefined) throw new Error('Expected a call');
    return lookupOrder.invoke(call);
  });
  const trace = await server.getTrace(traceId, 3);
  const asking = await server.findSpan(trace, ({ kind }) => kind === 'llm');
  expect(asking.outputMessages?.[0]?.parts).toMatchObject([
    { type: 'tool_call', name: 'lookup_order', arguments: { orderId: 'A-1001' } },
  ]);
  expect(asking.finishReasons).toEqual(['tool_calls']);
  const ran = await server.findSpan(trace, ({ kind }) => kind === 'tool');
  expect(ran).toMatchObject({ name: 'lookup_order', toolName: 'lookup_order', status: 'ok' });
  // If the only argument is text, the client sends only that text.
  expect(ran.tool?.arguments).toBe('A-1001');
  expect(ran.tool?.result).toEqual({ orderId: 'A-1001', status: 'shipped' });
});

test('a call that the provider rejects: the error and its text', async () => {
  const { traceId, error } = await telemetry.record('refused', () => chat.invoke('fail'));
  expect(error).toBeInstanceOf(Error);
  const span = await server.findSpan(await server.getTrace(traceId, 2), ({ kind }) => kind === 'llm');
  expect(span.status).toBe('error');
  expect(span.statusMessage).toContain('The server had an error');
  expect(span.events[0]?.name).toBe('exception');
  expect(span.inputTokens).toBeNull();
});

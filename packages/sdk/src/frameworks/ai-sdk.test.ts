import { createOpenAI } from '@ai-sdk/openai';
import { OpenTelemetry } from '@ai-sdk/otel';
import { createModelServer, when } from '@throughline/example-model-server';
import { eventually } from '@throughline/tests/eventually';
import * as ai7 from 'ai';
import { createOpenAI as createOpenAI3 } from 'ai-sdk-openai3';
import * as ai6 from 'ai6';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { seen } from '../../test-support/seen.ts';
import type { InitOptions } from '../core/options.ts';
import { InMemoryExporter, init, shutdown, startTrace } from '../index.ts';
import type { RecordedSpan } from '../testing.ts';
import { aiSdk, aiSdkTelemetry, lazyTelemetry } from './ai-sdk.ts';
import { contentTracer } from './content-tracer.ts';

const modelServer = createModelServer({
  scripts: [
    when({ user: 'fail' }, { fault: { kind: 'status', status: 500 } }),
    when({ user: 'slowly' }, { text: 'Slow and steady wins.', firstTokenMs: 60, tokenMs: 20 }),
    when({ user: 'capital of France' }, { text: 'Paris is the capital of France.' }),
  ],
});
let models: Awaited<ReturnType<typeof modelServer.listen>>;
let spans: InMemoryExporter;

beforeAll(async () => {
  models = await modelServer.listen(0);
});
afterAll(() => models.close());
beforeEach(() => begin());
afterEach(async () => {
  await shutdown();
});

function begin(options: InitOptions = {}): void {
  spans = new InMemoryExporter();
  init({ exporter: spans, ...options });
}

const kinds = (kind: string) =>
  spans.spans.filter(({ otel }) => seen({ otel } as RecordedSpan).kind === kind);
const orderSchema = z.object({ orderId: z.string() });
const lookUp = async ({ orderId }: { orderId: string }) => ({ orderId, status: 'shipped' });

describe.each([
  {
    major: 7,
    start: () => {
      ai7.registerTelemetry(new OpenTelemetry({ tracer: contentTracer('gen_ai') }));
      const openai = createOpenAI({ baseURL: `${models.url}/v1`, apiKey: 'any' });
      return {
        ask: (prompt: string, more: object = {}) =>
          ai7.generateText({ model: openai.chat('gpt-4o'), prompt, maxRetries: 0, ...more }),
        stream: (prompt: string, more: object = {}) =>
          ai7.streamText({ model: openai.chat('gpt-4o'), prompt, onError: () => {}, ...more }),
        tools: {
          lookup_order: ai7.tool({ description: 'Status', inputSchema: orderSchema, execute: lookUp }),
        },
        steps: { stopWhen: ai7.isStepCount(3) },
      };
    },
  },
  {
    major: 6,
    start: () => {
      const patched = aiSdk.patch?.({ ...ai6 }, { name: 'ai', version: '6.0.326' }) as typeof ai6;
      const openai = createOpenAI3({ baseURL: `${models.url}/v1`, apiKey: 'any' });
      return {
        ask: (prompt: string, more: object = {}) =>
          patched.generateText({ model: openai.chat('gpt-4o'), prompt, maxRetries: 0, ...more }),
        stream: (prompt: string, more: object = {}) =>
          patched.streamText({ model: openai.chat('gpt-4o'), prompt, onError: () => {}, ...more }),
        tools: {
          lookup_order: ai6.tool({ description: 'Status', inputSchema: orderSchema, execute: lookUp }),
        },
        steps: { stopWhen: ai6.stepCountIs(3) },
      };
    },
  },
])('ai $major', ({ major, start }) => {
  let app: ReturnType<typeof start>;
  beforeAll(() => {
    app = start();
  });

  it('records a model call once, with messages and tokens', async () => {
    const result = await app.ask('What is the capital of France?', { temperature: 0.5 });
    const [call, ...others] = kinds('llm');
    expect(others).toEqual([]);
    expect(seen(call)).toMatchObject({
      provider: 'openai',
      model: 'gpt-4o',
      finishReasons: ['stop'],
      usage: { inputTokens: result.usage.inputTokens, outputTokens: 8 },
      content: {
        inputMessages: [
          { role: 'user', parts: [{ type: 'text', content: 'What is the capital of France?' }] },
        ],
        outputMessages: [
          { role: 'assistant', parts: [{ type: 'text', content: 'Paris is the capital of France.' }] },
        ],
        parameters: { temperature: 0.5 },
      },
    });
    // Version 7 also creates a span for each step.
    expect(kinds('agent')).toHaveLength(major === 7 ? 2 : 1);
  });

  it('does not change streams, and records usage and time to first token', async () => {
    const result = app.stream('slowly');
    const chunks: string[] = [];
    for await (const text of result.textStream) chunks.push(text);
    expect(chunks.join('')).toBe('Slow and steady wins.');
    const usage = await result.usage;
    const facts = seen(kinds('llm')[0]);
    expect(facts.usage).toMatchObject({ inputTokens: usage.inputTokens, outputTokens: usage.outputTokens });
    expect(usage.outputTokens).toBeGreaterThan(3);
    expect(facts.ttftMs).toBeGreaterThan(50);
    expect(facts.ttftMs).toBeLessThan(kinds('llm')[0]?.durationMs ?? 0);
  });

  it('records tool calls between the model calls of one agent', async () => {
    await app.ask('Where is A-1001?', { tools: app.tools, ...app.steps });
    expect(kinds('llm')).toHaveLength(2);
    const [tool] = kinds('tool');
    expect(seen(tool)).toMatchObject({
      toolName: 'lookup_order',
      content: {
        tool: {
          name: 'lookup_order',
          arguments: { orderId: 'A-1001' },
          result: { orderId: 'A-1001', status: 'shipped' },
        },
      },
    });
    expect(seen(kinds('llm')[0]).content.toolDefinitions).toMatchObject([{ name: 'lookup_order' }]);
    expect(new Set(spans.spans.map(({ traceId }) => traceId)).size).toBe(1);
  });

  it('records an error of the provider and rethrows it', async () => {
    await expect(app.ask('fail')).rejects.toThrow('The server had an error');
    const call = kinds('llm')[0];
    expect(call).toMatchObject({ status: 'error' });
    expect(seen(call)).toMatchObject({ statusMessage: expect.stringContaining('The server had an error') });
  });

  it('counts tokens once if a call succeeds on the second attempt', async () => {
    modelServer.addScript(when({ user: 'flaky', times: 1 }, { fault: { kind: 'status', status: 500 } }));
    const { usage } = await app.ask('flaky', { maxRetries: 1 });
    const attempts = kinds('llm');
    expect(attempts.at(-1)?.status).not.toBe('error');
    const counted = attempts.reduce((sum, span) => sum + (seen(span).usage?.inputTokens ?? 0), 0);
    expect(counted).toBe(usage.inputTokens);
  });

  it('records parallel calls in their own traces', async () => {
    const roots = await Promise.all(
      ['one', 'two', 'three'].map((word) => {
        const root = startTrace(word);
        return root.run(async () => {
          await app.ask(`Say ${word}`);
          root.end();
          return root;
        });
      }),
    );
    for (const [index, word] of ['one', 'two', 'three'].entries()) {
      const call = kinds('llm').find(({ traceId }) => traceId === roots[index]?.traceId);
      expect(seen(call).content.inputMessages).toMatchObject([{ parts: [{ content: `Say ${word}` }] }]);
    }
  });

  it('ends the spans of a stream that is aborted', async () => {
    const abort = new AbortController();
    const result = app.stream('slowly', { abortSignal: abort.signal });
    for await (const _text of result.textStream) abort.abort();
    await eventually('the number of agent spans', () => kinds('agent').length).toBeGreaterThan(0);
    expect(kinds('llm').map((call) => [seen(call).model, call.status === 'error'])).toEqual([
      ['gpt-4o', false],
    ]);
    if (major === 6) expect(kinds('llm')[0]?.attributes['throughline.cancelled']).toBe(true);
    expect(new Set(spans.spans.map(({ traceId }) => traceId)).size).toBe(1);
  });

  it('records parallel tool calls', async () => {
    await app.ask('Where are A-1001 and A-1002?', { tools: app.tools, ...app.steps });
    expect(kinds('tool').map((tool) => seen(tool).content.tool?.arguments)).toEqual([
      { orderId: 'A-1001' },
      { orderId: 'A-1002' },
    ]);
    expect(seen(kinds('llm')[0]).finishReasons).toEqual(['tool-calls']);
  });

  it('records no content if capture is off', async () => {
    await shutdown();
    begin({ capture: { content: false } });
    await app.ask('What is the capital of France?');
    const text = JSON.stringify(spans.spans.map(({ attributes }) => attributes));
    expect(kinds('llm')).toHaveLength(1);
    expect(text).not.toContain('France');
    expect(text).not.toContain('Paris');
  });

  it('records no content of kinds that are turned off', async () => {
    await shutdown();
    begin({ capture: { kinds: { tool: false } } });
    await app.ask('Where is A-1001?', { tools: app.tools, ...app.steps });
    const tool = kinds('tool')[0];
    expect(seen(tool).toolName).toBe('lookup_order');
    expect(JSON.stringify(tool?.attributes)).not.toContain('A-1001');
    expect(JSON.stringify(kinds('llm')[0]?.attributes)).toContain('A-1001');
  });

  it('masks every text and keeps JSON valid', async () => {
    await shutdown();
    begin({ mask: (text) => text.replaceAll('Paris', '[city]') });
    await app.ask('What is the capital of France?');
    expect(JSON.stringify(spans.spans.map(({ attributes }) => attributes))).not.toContain('Paris');
    expect(seen(kinds('llm')[0]).content.outputMessages).toMatchObject([
      { parts: [{ content: '[city] is the capital of France.' }] },
    ]);
  });
});

describe('ai 6', () => {
  it('is traced with aiSdkTelemetry() if the package is not patched', async () => {
    const openai = createOpenAI3({ baseURL: `${models.url}/v1`, apiKey: 'any' });
    await ai6.generateText({
      model: openai.chat('gpt-4o'),
      prompt: 'What is the capital of France?',
      headers: { authorization: 'Bearer secret' },
      experimental_telemetry: aiSdkTelemetry({ functionId: 'geography', metadata: { userId: 'u-1' } }),
    });
    expect(seen(kinds('agent')[0])).toMatchObject({ agentName: 'geography', userId: 'u-1' });
    expect(JSON.stringify(spans.spans.map(({ attributes }) => attributes))).not.toContain('secret');
  });

  it('traces agents that are created with its class', async () => {
    const patched = aiSdk.patch?.({ ...ai6 }, { name: 'ai', version: '6.0.326' }) as typeof ai6;
    const openai = createOpenAI3({ baseURL: `${models.url}/v1`, apiKey: 'any' });
    const agent = new patched.ToolLoopAgent({ model: openai.chat('gpt-4o') });
    expect(agent).toBeInstanceOf(ai6.ToolLoopAgent);
    await agent.generate({ prompt: 'What is the capital of France?' });
    expect(kinds('llm')).toHaveLength(1);
  });

  it('records embeddings without vectors', async () => {
    const patched = aiSdk.patch?.({ ...ai6 }, { name: 'ai', version: '6.0.326' }) as typeof ai6;
    const openai = createOpenAI3({ baseURL: `${models.url}/v1`, apiKey: 'any' });
    const { embeddings } = await patched.embedMany({
      model: openai.embedding('text-embedding-3-small'),
      values: ['one thing', 'another'],
    });
    const call = kinds('embedding')[0];
    expect(seen(call)).toMatchObject({
      usage: { inputTokens: 5 },
      content: { embedding: { texts: ['one thing', 'another'], dimensions: embeddings[0]?.length } },
    });
    expect(call?.attributes['ai.embeddings']).toBeUndefined();
  });

  it('records nothing if the application turns telemetry off', async () => {
    const patched = aiSdk.patch?.({ ...ai6 }, { name: 'ai', version: '6.0.326' }) as typeof ai6;
    const openai = createOpenAI3({ baseURL: `${models.url}/v1`, apiKey: 'any' });
    const model = openai.chat('gpt-4o');
    await patched.generateText({ model, prompt: 'Hello', experimental_telemetry: { isEnabled: false } });
    expect(spans.spans).toEqual([]);
  });
});

describe('ai 7 while @ai-sdk/otel is being loaded', () => {
  it('delays events until it is loaded and misses none', async () => {
    const telemetry = lazyTelemetry(
      async () => new OpenTelemetry({ tracer: contentTracer('gen_ai') }) as never,
    );
    const openai = createOpenAI({ baseURL: `${models.url}/v1`, apiKey: 'any' });
    const { text } = await ai7.generateText({
      model: openai.chat('gpt-4o'),
      prompt: 'Where is A-1001?',
      tools: { lookup_order: ai7.tool({ inputSchema: orderSchema, execute: lookUp }) },
      stopWhen: ai7.isStepCount(3),
      telemetry: { integrations: [telemetry as ai7.Telemetry] },
    });
    expect(text).toBe('Order A-1001: status shipped.');
    expect(['agent', 'llm', 'tool'].map((kind) => kinds(kind).length)).toEqual([3, 2, 1]);
  });

  it('does nothing if the application has registered the same integration', async () => {
    // The tests above registered it.
    aiSdk.patch?.(ai7 as never, { name: 'ai', version: '7.0.173' });
    const openai = createOpenAI({ baseURL: `${models.url}/v1`, apiKey: 'any' });
    await ai7.generateText({ model: openai.chat('gpt-4o'), prompt: 'What is the capital of France?' });
    expect(kinds('llm')).toHaveLength(1);
  });

  it('runs calls untraced if the package cannot be loaded', async () => {
    const openai = createOpenAI({ baseURL: `${models.url}/v1`, apiKey: 'any' });
    const telemetry = lazyTelemetry(async () => undefined);
    const { text } = await ai7.generateText({
      model: openai.chat('gpt-4o'),
      prompt: 'What is the capital of France?',
      telemetry: { integrations: [telemetry as ai7.Telemetry] },
    });
    expect(text).toBe('Paris is the capital of France.');
    expect(spans.spans).toEqual([]);
  });
});

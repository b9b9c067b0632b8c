/** Two major versions of Mastra, which sends its own spans with its own exporter, with a running server. */
import { createRequire } from 'node:module';
import { createModelServer, when } from '@throughline/example-model-server';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Trace } from '../../packages/server/src/contract/trace.ts';
import { priceOf } from '../support/prices.ts';
import { startTestServer, type TestServer } from '../support/start-server.ts';
import { waitFor } from '../support/wait-for.ts';
import { readAll } from './support.ts';

const modelServer = createModelServer({
  scripts: [
    when({ user: 'refuse' }, { fault: { kind: 'status', status: 400, message: 'no such thing' } }),
    when({ user: 'slowly' }, { text: 'Slow and steady.', firstTokenMs: 60, tokenMs: 10 }),
    when({ user: 'endless' }, { text: 'word '.repeat(400), tokenMs: 5 }),
    when({ user: 'capital of France' }, { text: 'Paris is the capital of France.' }),
  ],
});
let models: Awaited<ReturnType<typeof modelServer.listen>>;
let server: TestServer;
beforeAll(async () => {
  models = await modelServer.listen(0);
  server = await startTestServer();
});
afterAll(async () => {
  await server?.stop();
  await models?.close();
});

/** The part of its API that the tests use. */
interface Agent {
  generate(prompt: string, options?: object): Promise<{ text: string }>;
  stream(
    prompt: string,
    options?: object,
  ): Promise<{ textStream: AsyncIterable<string>; usage: Promise<{ outputTokens?: number }> }>;
}
type Class<Instance = object> = new (options: object) => Instance;
interface Modules {
  readonly Mastra: Class<{ getAgent(name: string): Agent; shutdown?(): Promise<void> }>;
  readonly Agent: Class;
  readonly createTool: (options: object) => object;
  readonly OtelExporter: Class;
  readonly Observability?: Class;
  readonly createOpenAI: (options: object) => { chat(model: string): object };
  readonly z: typeof import('zod').z;
}
const modulesOf = (require: NodeJS.Require, ...more: string[]): Modules =>
  Object.assign(
    {},
    ...[
      '@mastra/core/mastra',
      '@mastra/core/agent',
      '@mastra/core/tools',
      '@mastra/otel-exporter',
      'zod',
      ...more,
    ].map((name) => require(name)),
  );
const current = createRequire(import.meta.url);
const previous = createRequire(new URL('../../packages/previous-majors/package.json', import.meta.url));

describe.each([
  { major: 1, load: () => modulesOf(current, '@mastra/observability', 'ai-sdk-openai3') },
  {
    major: 0,
    // Mastra contains its own copy of the models of that version.
    load: () => ({
      ...modulesOf(previous),
      ...createRequire(previous.resolve('@mastra/core'))('@ai-sdk/openai-v5'),
    }),
  },
])('Mastra $major', ({ major, load }) => {
  const serviceName = `mastra-${major}`;
  const answered: Record<string, string> = {};
  const thrown: unknown[] = [];
  let streamedTokens: number | undefined;

  // Mastra sends every five seconds and when it stops, so all requests are made first.
  beforeAll(async () => {
    const { agent, stop } = start();
    const ask = async (prompt: string) => {
      answered[prompt] = (await agent.generate(prompt)).text;
    };
    for (const prompt of ['What is the capital of France?', 'Where are A-1001 and A-1002?'])
      await ask(prompt);
    const stream = await agent.stream('slowly');
    answered.slowly = (await readAll(stream.textStream)).join('');
    streamedTokens = (await stream.usage).outputTokens;
    await Promise.all([ask('Say one'), ask('Say two')]);
    modelServer.addScript(
      when({ user: 'hiccup', times: 1 }, { fault: { kind: 'status', status: 503, retryAfterSeconds: 0 } }),
    );
    await agent.generate('hiccup', { modelSettings: { maxRetries: 1 } });
    await agent.generate('refuse').catch((error: unknown) => thrown.push(error));
    if (major === 1) {
      const abort = new AbortController();
      const { textStream } = await agent.stream('endless', { abortSignal: abort.signal });
      for await (const _text of textStream) abort.abort();
    }
    await stop();
  });

  function start() {
    const { Mastra, Agent, createTool, OtelExporter, Observability, createOpenAI, z } = load();
    const custom = {
      endpoint: `${server.url}/v1/traces`,
      protocol: 'http/protobuf',
      headers: { 'x-throughline-project': server.project },
    };
    const exporters = [new OtelExporter({ provider: { custom } })];
    const settings = { configs: { otel: { serviceName, exporters } } };
    const clerk = new Agent({
      id: 'clerk',
      name: 'Clerk',
      instructions: 'Be brief.',
      model: createOpenAI({ baseURL: `${models.url}/v1`, apiKey: 'any' }).chat('gpt-4o'),
      tools: {
        lookup_order: createTool({
          id: 'lookup_order',
          description: 'Status of an order',
          inputSchema: z.object({ orderId: z.string() }),
          execute: async (given: { orderId?: string; context?: { orderId: string } }) => ({
            orderId: (given.context ?? given).orderId,
            status: 'shipped',
          }),
        }),
      },
    });
    const observability = Observability === undefined ? settings : new Observability(settings);
    const mastra = new Mastra({ agents: { clerk }, observability, logger: false });
    return { agent: mastra.getAgent('clerk'), stop: () => mastra.shutdown?.() };
  }

  /** The trace of the agent that got this question, once it has this many counted spans. */
  const traceOf = (asked: string, kinds: readonly string[]): Promise<Trace> =>
    waitFor(`a trace of "${asked}"`, async () => {
      const summary = (await server.listTraces(50)).find(
        ({ services, inputPreview }) => services.includes(serviceName) && inputPreview?.includes(asked),
      );
      if (summary === undefined) return undefined;
      const trace = await server.getTrace(summary.traceId, 1);
      return kindsOf(trace).join() === kinds.join() ? trace : undefined;
    });
  /** The messages of the generation. Version 1 has them on the span around the call. */
  const askedIn = async (trace: Trace) =>
    (
      await server.findSpan(
        trace,
        ({ name }) => /^(model_generation|chat) /.test(name) && (major === 0 || name.startsWith('model')),
      )
    ).inputMessages;
  const kindsOf = (trace: Trace) =>
    trace.spans
      .map(({ kind }) => kind)
      .filter((kind) => kind !== 'span' && kind !== 'chain')
      .sort();

  it('a call: the agent, its model with tokens and cost, counted once', async () => {
    expect(answered['What is the capital of France?']).toBe('Paris is the capital of France.');
    const trace = await traceOf('capital of France', ['agent', 'llm']);
    const call = await server.findSpan(trace, ({ kind }) => kind === 'llm');
    expect(call).toMatchObject({
      provider: 'openai',
      model: 'gpt-4o',
      outputTokens: 8,
      counted: true,
      finishReasons: ['stop'],
    });
    expect(await askedIn(trace)).toMatchObject([
      { role: 'system', parts: [{ content: 'Be brief.' }] },
      { role: 'user', parts: [{ content: 'What is the capital of France?' }] },
    ]);
    expect(call.inputTokens).toBeGreaterThan(50);
    const cost = priceOf('gpt-4o', { input: call.inputTokens ?? 0, output: 8 });
    expect(call.costUsd).toBeCloseTo(cost, 12);
    expect(trace).toMatchObject({ inputTokens: call.inputTokens, outputTokens: 8 });
    expect(trace.costUsd).toBeCloseTo(cost, 12);
    const whole = await server.findSpan(trace, ({ kind }) => kind === 'agent');
    expect(JSON.stringify(whole.output ?? whole.outputMessages)).toContain('Paris is the capital of France.');
  });

  it('a stream: its tokens, and the time to the first token if Mastra reports it', async () => {
    expect([answered.slowly, streamedTokens]).toEqual(['Slow and steady.', 4]);
    const trace = await traceOf('slowly', ['agent', 'llm']);
    const call = await server.findSpan(trace, ({ kind }) => kind === 'llm');
    expect(call.outputTokens).toBe(4);
    if (major === 1) expect(call.ttftMs).toBeGreaterThan(50);
    else expect(call.ttftMs).toBeNull();
  });

  it('parallel tools between two steps of the model', async () => {
    const calls = major === 1 ? ['llm', 'llm'] : ['llm'];
    const trace = await traceOf('Where are', ['agent', ...calls, 'tool', 'tool']);
    const tools = trace.spans.filter(({ kind }) => kind === 'tool');
    expect(tools.map(({ toolName }) => toolName)).toEqual(['lookup_order', 'lookup_order']);
    const details = await Promise.all(
      tools.map(({ spanId }) => server.getSpan({ traceId: trace.traceId, spanId })),
    );
    const told = JSON.stringify(details.map(({ input, output, tool }) => ({ input, output, tool })));
    for (const word of ['A-1001', 'A-1002', 'shipped']) expect(told).toContain(word);
    expect(trace.outputTokens).toBe(33);
  });

  it('parallel calls, each in its own trace', async () => {
    for (const word of ['one', 'two']) {
      const trace = await traceOf(`Say ${word}`, ['agent', 'llm']);
      expect((await askedIn(trace))?.at(-1)).toMatchObject({ parts: [{ content: `Say ${word}` }] });
    }
  });

  it('a call that succeeds on the second attempt, counted once', async () => {
    const trace = await traceOf('hiccup', ['agent', 'llm']);
    const call = await server.findSpan(trace, ({ kind }) => kind === 'llm');
    expect(call).toMatchObject({ status: 'ok', inputTokens: trace.inputTokens });
  });

  // Before version 1 Mastra ends neither the agent of a failed call nor that of an aborted one.
  it.runIf(major === 1)('a call that the provider rejects', async () => {
    expect(thrown).toMatchObject([{ message: 'no such thing' }]);
    const trace = await traceOf('refuse', ['agent', 'llm']);
    expect(trace.status).toBe('error');
    const whole = await server.findSpan(trace, ({ kind }) => kind === 'agent');
    expect(whole).toMatchObject({ status: 'error', statusMessage: 'no such thing' });
  });

  it.runIf(major === 1)('a stream that is aborted', async () => {
    const trace = await traceOf('endless', ['agent', 'llm']);
    const call = await server.findSpan(trace, ({ kind }) => kind === 'llm');
    expect(call).toMatchObject({ model: 'gpt-4o', outputTokens: null, costUsd: null });
  });
});

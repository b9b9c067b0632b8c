/** Tests two major versions of LangChain's OpenAI models and LangGraph against the model server. */
import { createRequire } from 'node:module';
import { createModelServer, when } from '@throughline/example-model-server';
import { eventually } from '@throughline/tests/eventually';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { requirePrevious } from '../../../test-support/previous-major.ts';
import { seen } from '../../../test-support/seen.ts';
import { InMemoryExporter, init, shutdown, startTrace } from '../../index.ts';
import { instrument } from '../../register/instrument.ts';
import type { RecordedSpan } from '../../testing.ts';
import { langchainHandler } from './handler.ts';
import { patchLangchain } from './langchain.ts';

const modelServer = createModelServer({
  scripts: [
    when({ user: 'refuse' }, { fault: { kind: 'status', status: 400 } }),
    when({ user: 'slowly' }, { text: 'Slow and steady.', firstTokenMs: 60, tokenMs: 10 }),
    when({ user: 'endless' }, { text: 'word '.repeat(400), tokenMs: 3 }),
    when({ user: 'capital of France' }, { text: 'Paris is the capital of France.' }),
  ],
});
let models: Awaited<ReturnType<typeof modelServer.listen>>;
let spans: InMemoryExporter;
beforeAll(async () => {
  models = await modelServer.listen(0);
});
afterAll(() => models.close());
beforeEach(() => {
  spans = new InMemoryExporter();
  init({ exporter: spans });
});
afterEach(async () => {
  await shutdown();
});

const above = (span: RecordedSpan | undefined) =>
  spans.spans.find(({ spanId }) => spanId === span?.parentSpanId)?.name;

type OpenAIModule = typeof import('@langchain/openai');
type GraphModule = typeof import('@langchain/langgraph');
type Load = <Exports>(specifier: string) => Exports;
const require = createRequire(import.meta.url);

describe.each<[version: string, load: Load]>([
  ['1', (specifier) => require(specifier)],
  ['0', requirePrevious],
])('LangChain and LangGraph %s', (version, load) => {
  const { ChatOpenAI } = load<OpenAIModule>('@langchain/openai');
  const { END, MessagesAnnotation, START, StateGraph } = load<GraphModule>('@langchain/langgraph');
  const { ToolNode } = load<typeof import('@langchain/langgraph/prebuilt')>('@langchain/langgraph/prebuilt');
  const { tool } = load<typeof import('@langchain/core/tools')>('@langchain/core/tools');

  const chat = (maxRetries = 0) =>
    new ChatOpenAI({
      model: 'gpt-4o',
      apiKey: 'any',
      maxRetries,
      configuration: { baseURL: `${models.url}/v1` },
    });
  /** Instruments the provider's client that a model uses. */
  const traceClient = (model: object) => {
    const { completions } = model as { completions: { client?: object; _getClientOptions(o: object): void } };
    completions._getClientOptions({});
    if (completions.client === undefined) throw new Error('expected a client below the model');
    instrument(completions.client);
  };
  const lookup = tool(async ({ orderId }: { orderId: string }) => `${orderId} shipped`, {
    name: 'lookup_order',
    description: 'Status of an order',
    schema: z.object({ orderId: z.string() }),
  });

  // LangChain 0 uses version 5 of the client, which is not supported.
  describe.runIf(version === '1')('with only a handler', () => {
    const callbacks = () => [langchainHandler() as never];

    it.each(['invoke', 'stream'] as const)(
      "%s records one model call, even if the provider's client is traced too",
      async (how) => {
        const model = chat();
        traceClient(model);
        const root = startTrace('request');
        await root.run(async () => {
          if (how === 'invoke')
            await model.invoke('What is the capital of France?', { callbacks: callbacks() });
          else
            for await (const _ of await model.stream('What is the capital of France?', {
              callbacks: callbacks(),
            }));
        });
        root.end();
        const [call, ...others] = spans.filter({ kind: 'llm' });
        expect(others).toEqual([]);
        expect(seen(call)).toMatchObject({
          provider: 'openai',
          usage: { inputTokens: expect.any(Number), outputTokens: 8 },
        });
        expect(call?.parentSpanId).toBe(root.spanId);
      },
    );

    it('still records other calls of the same client, even concurrent ones', async () => {
      const model = chat();
      traceClient(model);
      const { client } = (model as unknown as { completions: { client: import('openai').default } })
        .completions;
      await Promise.all([
        model.invoke('slowly', { callbacks: callbacks() }),
        client.chat.completions.create({
          model: 'gpt-4o',
          messages: [{ role: 'user', content: 'What is the capital of France?' }],
        }),
      ]);
      await client.chat.completions.create({
        model: 'gpt-4o',
        messages: [{ role: 'user', content: 'slowly' }],
      });
      expect(spans.filter({ kind: 'llm' }).map((span) => JSON.stringify(span.input))).toEqual([
        expect.stringContaining('capital of France'),
        expect.stringContaining('slowly'),
        expect.stringContaining('slowly'),
      ]);
    });
  });

  describe('patched', () => {
    beforeAll(() => {
      patchLangchain({
        manager: load('@langchain/core/callbacks/manager'),
        singletons: load('@langchain/core/singletons'),
        chatModels: load('@langchain/core/language_models/chat_models'),
        llms: load('@langchain/core/language_models/llms'),
        runnables: load('@langchain/core/runnables'),
      });
    });

    it.each(['invoke', 'stream'] as const)(
      "%s counts tokens once, even if the provider's client is traced too",
      async (how) => {
        const model = chat();
        traceClient(model);
        if (how === 'invoke') await model.invoke('What is the capital of France?');
        else for await (const _ of await model.stream('What is the capital of France?'));
        const calls = spans.filter({ kind: 'llm' });
        expect(calls).toHaveLength(1);
        expect(seen(calls[0])).toMatchObject({
          provider: 'openai',
          model: 'gpt-4o',
          usage: { outputTokens: 8 },
          finishReasons: ['stop'],
          content: { outputMessages: [{ parts: [{ content: 'Paris is the capital of France.' }] }] },
        });
        expect(seen(calls[0]).usage?.inputTokens).toBeGreaterThan(5);
      },
    );

    it('does not change streams, and records usage and time to first token', async () => {
      let text = '';
      for await (const chunk of await chat().stream('slowly')) text += String(chunk.content);
      expect(text).toBe('Slow and steady.');
      const call = spans.find({ kind: 'llm' });
      expect(seen(call).usage).toMatchObject({ inputTokens: 3, outputTokens: 4 });
      expect(seen(call).ttftMs).toBeGreaterThan(50);
      expect(seen(call).ttftMs).toBeLessThan(call?.durationMs ?? 0);
    });

    it('records parallel tool calls of the model, with and without streaming', async () => {
      const model = chat().bindTools([lookup]);
      await model.invoke('Where are A-1001 and A-1002?');
      for await (const _ of await model.stream('Where are A-1001 and A-1002?'));
      const calls = spans.filter({ kind: 'llm' });
      expect(calls).toHaveLength(2);
      for (const call of calls)
        expect(seen(call)).toMatchObject({
          finishReasons: ['tool_calls'],
          content: {
            outputMessages: [
              {
                parts: ['A-1001', 'A-1002'].map((orderId) => ({
                  type: 'tool_call',
                  name: 'lookup_order',
                  arguments: { orderId },
                })),
              },
            ],
            toolDefinitions: [{ type: 'function', function: { name: 'lookup_order' } }],
          },
        });
    });

    it('records one span for a retried call', async () => {
      modelServer.addScript(
        when({ user: 'hiccup', times: 1 }, { fault: { kind: 'status', status: 503, retryAfterSeconds: 0 } }),
      );
      await chat(1).invoke('hiccup');
      const [call, ...others] = spans.filter({ kind: 'llm' });
      expect(others).toEqual([]);
      expect(call?.status).toBe('unset');
      expect(seen(call).usage?.outputTokens).toBeGreaterThan(0);
    });

    it('records an error of the provider and rethrows it', async () => {
      await expect(chat().invoke('refuse')).rejects.toThrow('400');
      expect(spans.find({ kind: 'llm' })).toMatchObject({ status: 'error', errorType: 'BadRequestError' });
    });

    it('marks aborted streams and streams that are left early as cancelled', async () => {
      for await (const _ of await chat().stream('endless')) break;
      const abort = new AbortController();
      const reading = (async () => {
        for await (const _ of await chat().stream('endless', { signal: abort.signal })) abort.abort();
      })();
      await reading.catch(() => {});
      await eventually('the model calls', () => spans.filter({ kind: 'llm' })).toHaveLength(2);
      for (const call of spans.filter({ kind: 'llm' })) {
        expect(call.status).toBe('unset');
        expect(call.attributes['throughline.cancelled']).toBe(true);
      }
    });

    const agent = () => {
      const model = chat().bindTools([lookup]);
      return new StateGraph(MessagesAnnotation)
        .addNode('model', async ({ messages }) => ({ messages: [await model.invoke(messages)] }))
        .addNode('tools', new ToolNode([lookup]))
        .addEdge(START, 'model')
        .addConditionalEdges('model', ({ messages }) =>
          (messages.at(-1) as { tool_calls?: unknown[] }).tool_calls?.length ? 'tools' : END,
        )
        .addEdge('tools', 'model')
        .compile({ name: 'orders' });
    };
    const stateWith = (content: string) => ({ messages: [{ role: 'user' as const, content }] });

    it('records a LangGraph agent: the graph, its nodes, model calls and tool call', async () => {
      await agent().invoke(stateWith('Where is A-1001?'));
      const root = spans.find({ name: 'orders' });
      expect(root).toMatchObject({ kind: 'agent', parentSpanId: undefined });
      expect(seen(root).agentName).toBe('orders');
      expect(seen(root).content.inputMessages).toMatchObject([
        { role: 'user', parts: [{ content: 'Where is A-1001?' }] },
      ]);
      expect(spans.filter({ kind: 'llm' }).map(above)).toEqual(['model', 'model']);
      const called = spans.find({ kind: 'tool' });
      expect(above(called)).toBe('tools');
      expect(seen(called)).toMatchObject({
        toolName: 'lookup_order',
        content: { tool: { arguments: { orderId: 'A-1001' }, result: 'A-1001 shipped' } },
      });
      expect(new Set(spans.spans.map(({ traceId }) => traceId)).size).toBe(1);
      expect(spans.find({ name: 'tools' })?.attributes).toMatchObject({ 'langgraph.node': 'tools' });
      expect(seen(spans.filter({ kind: 'llm' })[1]).content.inputMessages?.at(-1)).toMatchObject({
        role: 'tool',
        parts: [{ type: 'tool_call_response', response: 'A-1001 shipped' }],
      });
    });

    it('does not change the stream of a LangGraph agent, and records the same tree', async () => {
      const nodes: string[] = [];
      for await (const update of await agent().stream(stateWith('Where are A-1001 and A-1002?'), {
        streamMode: 'updates',
      }))
        nodes.push(...Object.keys(update));
      expect(nodes).toEqual(['model', 'tools', 'model']);
      expect(spans.filter({ kind: 'llm' })).toHaveLength(2);
      expect(spans.filter({ kind: 'tool' }).map((span) => seen(span).content.tool?.arguments)).toEqual([
        { orderId: 'A-1001' },
        { orderId: 'A-1002' },
      ]);
      expect(spans.find({ name: 'orders' })).toMatchObject({ kind: 'agent', status: 'unset' });
    });

    it('records parallel runs of a graph in their own traces, even if one fails', async () => {
      const [one, failed] = await Promise.allSettled(
        ['Where is A-1001?', 'refuse'].map((content) => agent().invoke(stateWith(content))),
      );
      expect([one?.status, failed?.status]).toEqual(['fulfilled', 'rejected']);
      expect(new Set(spans.spans.map(({ traceId }) => traceId)).size).toBe(2);
      const roots = spans.filter({ name: 'orders' });
      expect(roots.map(({ status }) => status).sort()).toEqual(['error', 'unset']);
      const broken = roots.find(({ status }) => status === 'error');
      const inside = spans.filter({ kind: 'llm' }).filter(({ traceId }) => traceId === broken?.traceId);
      expect(inside).toMatchObject([{ status: 'error' }]);
    });
  });
});

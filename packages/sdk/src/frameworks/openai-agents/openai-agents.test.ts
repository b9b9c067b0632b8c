import * as agents20 from '@openai/agents';
import { createModelServer, when } from '@throughline/example-model-server';
import { eventually } from '@throughline/tests/eventually';
import OpenAI from 'openai';
import * as agents19 from 'openai-agents-19';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { seen } from '../../../test-support/seen.ts';
import { InMemoryExporter, init, observe, shutdown, startTrace } from '../../index.ts';
import { instrument } from '../../register/instrument.ts';
import type { RecordedSpan } from '../../testing.ts';
import { patchOpenaiAgents } from './openai-agents.ts';

const modelServer = createModelServer({
  scripts: [
    when({ user: 'fail' }, { fault: { kind: 'status', status: 400 } }),
    when({ user: 'slowly' }, { text: 'Slow and steady wins.', firstTokenMs: 60, tokenMs: 15 }),
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

const cancelled = { status: 'unset', attributes: { 'throughline.cancelled': true } };
const above = (span: RecordedSpan | undefined) =>
  spans.spans.find(({ spanId }) => spanId === span?.parentSpanId)?.name;

describe.each([
  { version: '0.20', module: agents20 },
  { version: '0.19', module: agents19 as unknown as typeof agents20 },
])('@openai/agents $version', ({ module }) => {
  let agents: typeof agents20;
  beforeAll(() => {
    module.setTracingDisabled(false);
    // Replaces the list of processors, as in an application that sends nothing to OpenAI.
    const addTraceProcessor = (processor: never) => module.setTraceProcessors([processor]);
    agents = patchOpenaiAgents({ ...module, addTraceProcessor }) as unknown as typeof agents20;
  });

  describe.each(['chat', 'responses'] as const)('over %s', (api) => {
    const runner = (maxRetries = 0) => {
      // The client is traced too. Only one of the two spans may be recorded.
      const client = instrument(new OpenAI({ baseURL: `${models.url}/v1`, apiKey: 'any', maxRetries }));
      const modelProvider = new agents.OpenAIProvider({
        openAIClient: client as never,
        useResponses: api === 'responses',
      });
      return new agents.Runner({ modelProvider, workflowName: 'support', groupId: 'session-7' });
    };
    const inner = observe(async (id: string) => `${id} shipped`, { name: 'inner' });
    const agent = () =>
      new agents.Agent({
        name: 'Clerk',
        instructions: 'Be brief.',
        model: 'gpt-4o',
        tools: [
          agents.tool({
            name: 'lookup_order',
            description: 'Status of an order',
            parameters: z.object({ orderId: z.string() }) as never,
            execute: ({ orderId }: { orderId: string }) => inner(orderId),
          } as never),
        ],
      });

    it('records workflow, agent and one model call', async () => {
      const result = await runner().run(agent(), 'What is the capital of France?');
      expect(result.finalOutput).toBe('Paris is the capital of France.');
      const [call, ...others] = spans.filter({ kind: 'llm' });
      expect(others).toEqual([]);
      expect(seen(call)).toMatchObject({
        name: 'chat gpt-4o',
        provider: 'openai',
        model: 'gpt-4o',
        usage: { outputTokens: 8 },
        content: {
          outputMessages: [
            { role: 'assistant', parts: [{ type: 'text', content: 'Paris is the capital of France.' }] },
          ],
        },
      });
      expect(seen(call).usage?.inputTokens).toBeGreaterThan(5);
      expect(JSON.stringify(seen(call).content.inputMessages)).toContain('What is the capital of France?');
      expect(above(call)).toBe('invoke_agent Clerk');
      const root = spans.find({ name: 'support' });
      expect(root).toMatchObject({ kind: 'chain', parentSpanId: undefined });
      expect(root?.attributes['session.id']).toBe('session-7');
    });

    it('records tools with the spans of their functions as children', async () => {
      await runner().run(agent(), 'Where is A-1001?');
      const tool = spans.find({ kind: 'tool' });
      expect(seen(tool)).toMatchObject({
        name: 'execute_tool lookup_order',
        toolName: 'lookup_order',
        content: { tool: { arguments: { orderId: 'A-1001' }, result: 'A-1001 shipped' } },
      });
      expect(above(spans.find({ name: 'inner' }))).toBe('execute_tool lookup_order');
      expect(spans.filter({ kind: 'llm' })).toHaveLength(2);
      expect(new Set(spans.spans.map(({ traceId }) => traceId)).size).toBe(1);
    });

    it('records parallel tool calls', async () => {
      await runner().run(agent(), 'Where are A-1001 and A-1002?');
      const tools = spans.filter({ kind: 'tool' });
      expect(tools.map((tool) => seen(tool).content.tool)).toMatchObject([
        { arguments: { orderId: 'A-1001' }, result: 'A-1001 shipped' },
        { arguments: { orderId: 'A-1002' }, result: 'A-1002 shipped' },
      ]);
      const inside = spans.filter({ name: 'inner' });
      expect(inside.map(({ parentSpanId }) => parentSpanId).sort()).toEqual(
        tools.map(({ spanId }) => spanId).sort(),
      );
      expect(spans.filter({ kind: 'llm' })).toHaveLength(2);
    });

    it('records one span for a call that the client retries', async () => {
      modelServer.addScript(
        when({ user: 'hiccup', times: 1 }, { fault: { kind: 'status', status: 503, retryAfterSeconds: 0 } }),
      );
      await runner(1).run(agent(), 'hiccup');
      const [call, ...others] = spans.filter({ kind: 'llm' });
      expect(others).toEqual([]);
      expect(call?.status).toBe('unset');
      expect(seen(call).usage?.outputTokens).toBeGreaterThan(0);
    });

    it('records usage and time to first token of streams', async () => {
      const result = await runner().run(agent(), 'slowly', { stream: true });
      let streamed = '';
      for await (const chunk of result.toTextStream()) streamed += chunk;
      await result.completed;
      expect(streamed).toBe('Slow and steady wins.');
      await eventually('the model calls', () => spans.filter({ kind: 'llm' })).toHaveLength(1);
      const call = spans.find({ kind: 'llm' });
      expect(seen(call).usage?.outputTokens).toBeGreaterThan(3);
      expect(seen(call).ttftMs).toBeGreaterThan(50);
      expect(seen(call).ttftMs).toBeLessThanOrEqual(call?.durationMs ?? 0);
    });

    it('ends all spans of an aborted stream and marks the model call as cancelled', async () => {
      const abort = new AbortController();
      const result = await runner().run(agent(), 'slowly', { stream: true, signal: abort.signal });
      const reading = (async () => {
        for await (const _chunk of result.toTextStream()) abort.abort();
        await result.completed;
      })();
      await reading.catch(() => {});
      await eventually('the trace', () => spans.find({ name: 'support' })).toBeDefined();
      expect(spans.find({ kind: 'agent' })).toBeDefined();
      expect(spans.filter({ kind: 'llm' })).toMatchObject([cancelled]);
    });

    it('marks a stream that is left early as cancelled', async () => {
      const result = await runner().run(agent(), 'slowly', { stream: true });
      for await (const _chunk of result.toTextStream()) break;
      await eventually('the model calls', () => spans.filter({ kind: 'llm' })).toMatchObject([cancelled]);
    });

    it('marks a call that is aborted before its response as cancelled', async () => {
      const abort = new AbortController();
      const requestsBefore = modelServer.requests.length;
      const running = runner().run(agent(), 'slowly', { signal: abort.signal });
      await eventually('the number of requests', () => modelServer.requests.length).toBeGreaterThan(
        requestsBefore,
      );
      abort.abort();
      await expect(running).rejects.toThrow();
      await eventually('the model calls', () => spans.filter({ kind: 'llm' })).toMatchObject([cancelled]);
    });

    it('does not mark a stream that is aborted after its response as cancelled', async () => {
      const abort = new AbortController();
      const result = await runner().run(agent(), 'slowly', { stream: true, signal: abort.signal });
      for await (const event of result)
        if (event.type === 'raw_model_stream_event' && event.data.type === 'response_done') abort.abort();
      await result.completed.catch(() => {});
      await eventually('the model calls', () => spans.filter({ kind: 'llm' })).toHaveLength(1);
      expect(spans.find({ kind: 'llm' })?.attributes['throughline.cancelled']).toBeUndefined();
    });

    it('records an error of the provider and rethrows it', async () => {
      await expect(runner().run(agent(), 'fail')).rejects.toThrow();
      expect(spans.find({ kind: 'llm' })).toMatchObject({ status: 'error' });
    });

    it('records parallel runs in their own traces', async () => {
      const roots = await Promise.all(
        ['one', 'two'].map(async (word) => {
          const root = startTrace(word);
          await root.run(() => runner().run(agent(), `Say ${word}`));
          root.end();
          return root;
        }),
      );
      for (const [index, word] of ['one', 'two'].entries()) {
        const call = spans.filter({ kind: 'llm' }).find(({ traceId }) => traceId === roots[index]?.traceId);
        expect(JSON.stringify(seen(call).content.inputMessages)).toContain(`Say ${word}`);
      }
    });
  });
});

import { Client as Client2, InMemoryTransport as Memory2 } from '@modelcontextprotocol/client';
import { Client as Client1 } from '@modelcontextprotocol/sdk/client/index.js';
import { InMemoryTransport as Memory1 } from '@modelcontextprotocol/sdk/inMemory.js';
import { McpServer as McpServer1 } from '@modelcontextprotocol/sdk/server/mcp.js';
import { McpServer as McpServer2 } from '@modelcontextprotocol/server';
import { eventually } from '@throughline/tests/eventually';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { seen } from '../../../test-support/seen.ts';
import { InMemoryExporter, init, observe, shutdown, startTrace, withContext } from '../../index.ts';
import { instrument } from '../../register/instrument.ts';

let spans: InMemoryExporter;
beforeEach(() => {
  spans = new InMemoryExporter();
  init({ exporter: spans });
});
afterEach(async () => {
  await shutdown();
});

const spansOf = (name: string) => {
  const [serverSpan, clientSpan] = [1, 2].map((kind) =>
    spans.filter({ name }).find(({ otel }) => otel.kind === kind),
  );
  return { serverSpan, clientSpan };
};

describe.each([
  { major: 1, Client: Client1, McpServer: McpServer1, Memory: Memory1 },
  { major: 2, Client: Client2, McpServer: McpServer2, Memory: Memory2 } as never,
] as { major: number; Client: typeof Client1; McpServer: typeof McpServer1; Memory: typeof Memory1 }[])(
  'MCP $major',
  ({ Client, McpServer, Memory }) => {
    const inner = observe(async (n: number) => n + 1, { name: 'inner', kind: 'chain' });

    let slowCalls = 0;
    const finishSlowCalls: (() => void)[] = [];

    /** Connects a client and a server whose handlers are registered before and after it is instrumented. */
    async function connect() {
      const server = new McpServer({ name: 'numbers', version: '1.0.0' });
      server.registerTool(
        'increment',
        { description: 'adds one', inputSchema: z.object({ n: z.number() }) as never },
        (async ({ n }: { n: number }) => ({
          content: [{ type: 'text', text: String(await inner(n)) }],
        })) as never,
      );
      instrument(server);
      server.registerTool('broken', { description: 'fails' }, (async () => {
        throw new RangeError('out of numbers');
      }) as never);
      server.registerTool('slow', { description: 'waits' }, (() => {
        slowCalls++;
        return new Promise((resolve) => finishSlowCalls.push(() => resolve({ content: [] })));
      }) as never);
      server.registerResource('pi', 'number://pi', { mimeType: 'text/plain' }, async (uri: URL) => ({
        contents: [{ uri: uri.href, text: '3.14' }],
      }));
      server.registerPrompt('explain', { argsSchema: { topic: z.string() } as never }, (({
        topic,
      }: {
        topic: string;
      }) => ({
        messages: [{ role: 'user', content: { type: 'text', text: `Explain ${topic}` } }],
      })) as never);
      const client = instrument(new Client({ name: 'app', version: '1.0.0' }));
      const [near, far] = Memory.createLinkedPair();
      await server.connect(far);
      await client.connect(near);
      return client;
    }

    it('records a tool call as one trace: client, server and child spans of the tool', async () => {
      const client = await connect();
      const result = await client.callTool({ name: 'increment', arguments: { n: 4 } });
      expect(result.content).toEqual([{ type: 'text', text: '5' }]);
      const { clientSpan, serverSpan } = spansOf('tools/call increment');
      const tool = { name: 'increment', arguments: { n: 4 }, result: 5 };
      for (const span of [clientSpan, serverSpan]) {
        expect(seen(span)).toMatchObject({ kind: 'tool', toolName: 'increment' });
        expect(seen(span).content.tool).toMatchObject({ name: tool.name, arguments: tool.arguments });
        expect(span?.output).toBe(tool.result);
        expect(span?.attributes['mcp.method.name']).toBe('tools/call');
      }
      expect(serverSpan?.parentSpanId).toBe(clientSpan?.spanId);
      expect(serverSpan?.attributes['jsonrpc.request.id']).toMatch(/^\d+$/);
      expect(spans.find({ name: 'inner' })?.parentSpanId).toBe(serverSpan?.spanId);
      expect(new Set(spans.spans.map(({ traceId }) => traceId)).size).toBe(1);
    });

    it('sends the trace context in _meta, but not the user', async () => {
      const client = await connect();
      const root = startTrace('request');
      const sent: unknown[] = [];
      const transport = client.transport as { send: (...args: unknown[]) => Promise<void> };
      const send = transport.send.bind(transport);
      transport.send = (message, ...rest) => {
        sent.push(message);
        return send(message, ...rest);
      };
      await root.run(() =>
        withContext({ userId: 'u-17' }, () =>
          client.callTool({ name: 'increment', arguments: { n: 1 }, _meta: { own: 'kept' } }),
        ),
      );
      root.end();
      const { clientSpan } = spansOf('tools/call increment');
      expect(sent).toMatchObject([
        { params: { _meta: { own: 'kept', traceparent: `00-${root.traceId}-${clientSpan?.spanId}-01` } } },
      ]);
      expect(JSON.stringify(sent)).not.toContain('u-17');
      expect(clientSpan?.attributes['user.id']).toBe('u-17');
      expect(clientSpan?.parentSpanId).toBe(root.spanId);
    });

    it('records resources and prompts', async () => {
      const client = await connect();
      const read = await client.readResource({ uri: 'number://pi' });
      expect(read.contents).toMatchObject([{ text: '3.14' }]);
      const { clientSpan, serverSpan } = spansOf('resources/read number://pi');
      expect(clientSpan?.attributes).toMatchObject({
        'mcp.method.name': 'resources/read',
        'mcp.resource.uri': 'number://pi',
      });
      expect(serverSpan?.output).toMatchObject([{ uri: 'number://pi', text: '3.14' }]);
      await client.getPrompt({ name: 'explain', arguments: { topic: 'pi' } });
      const prompt = spansOf('prompts/get explain').clientSpan;
      expect(seen(prompt)).toMatchObject({ kind: 'prompt', promptName: 'explain' });
      expect(prompt?.input).toEqual({ topic: 'pi' });
      expect(prompt?.output).toMatchObject([{ content: { text: 'Explain pi' } }]);
    });

    it('records errors that a tool returns and errors of the protocol', async () => {
      const client = await connect();
      const result = await client.callTool({ name: 'broken' });
      expect(result.isError).toBe(true);
      const { clientSpan, serverSpan } = spansOf('tools/call broken');
      for (const span of [clientSpan, serverSpan])
        expect(span).toMatchObject({ status: 'error', errorType: 'tool_error' });
      expect(clientSpan?.output).toContain('out of numbers');
      await expect(client.readResource({ uri: 'number://nothing' })).rejects.toThrow('nothing');
      const failed = spansOf('resources/read number://nothing').clientSpan;
      expect(failed).toMatchObject({ status: 'error' });
      expect(failed?.attributes['rpc.response.status_code']).toMatch(/^-32/);
    });

    it('marks a call that the application aborts as cancelled', async () => {
      const client = await connect();
      const before = slowCalls;
      const abort = new AbortController();
      const calling = client.callTool(
        { name: 'slow' },
        ...([undefined, { signal: abort.signal }] as never[]),
      );
      const callingNow =
        client.callTool.length === 2
          ? client.callTool({ name: 'slow' }, { signal: abort.signal } as never)
          : calling;
      calling.catch(() => {});
      await eventually('calls of the slow tool', () => slowCalls).toBeGreaterThan(before);
      abort.abort();
      await expect(callingNow).rejects.toThrow();
      for (const finish of finishSlowCalls.splice(0)) finish();
      await eventually('the cancelled span', () =>
        spans.find({ attributes: { 'throughline.cancelled': true } }),
      ).toBeDefined();
    });

    it('matches parallel calls with their requests', async () => {
      const client = await connect();
      const results = await Promise.all(
        [1, 2, 3].map((n) => client.callTool({ name: 'increment', arguments: { n } })),
      );
      expect(results.map(({ content }) => (content as { text: string }[])[0]?.text)).toEqual(['2', '3', '4']);
      for (const serverSpan of spans
        .filter({ name: 'tools/call increment' })
        .filter(({ otel }) => otel.kind === 1)) {
        const clientSpan = spans.spans.find(({ spanId }) => spanId === serverSpan.parentSpanId);
        expect(clientSpan?.input).toEqual(serverSpan.input);
      }
    });

    it('records nothing after shutdown', async () => {
      const client = await connect();
      await shutdown();
      const result = await client.callTool({ name: 'increment', arguments: { n: 1 } });
      expect(result.content).toEqual([{ type: 'text', text: '2' }]);
      expect(spans.spans).toEqual([]);
    });
  },
);

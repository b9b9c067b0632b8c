/** Checks that all integrations apply the capture rules and the mask to attributes, names, events and status. */
import { RunnableLambda } from '@langchain/core/runnables';
import { tool } from '@langchain/core/tools';
import * as llamaindexRetriever from '@llamaindex/core/retriever';
import { BaseRetriever } from '@llamaindex/core/retriever';
import { TextNode } from '@llamaindex/core/schema';
import { Client, InMemoryTransport } from '@modelcontextprotocol/client';
import { McpServer } from '@modelcontextprotocol/server';
import { QdrantClient } from '@qdrant/js-client-rest';
import { afterAll, afterEach, beforeAll, expect, it } from 'vitest';
import { z } from 'zod';
import { startVectorStoreServer, type VectorStoreServer } from '../../test-support/vector-store-server.ts';
import type { InitOptions } from '../core/options.ts';
import { InMemoryExporter, init, shutdown } from '../index.ts';
import { instrument } from '../register/instrument.ts';
import { tracedClaudeQuery } from './claude-agent/claude-agent.ts';
import { langchainHandler } from './langchain/handler.ts';
import { llamaindex } from './llamaindex.ts';
import { OpenaiAgentsProcessor } from './openai-agents/processor.ts';

const SECRET = 'walnut-42';
let store: VectorStoreServer;
let client: Client;

beforeAll(async () => {
  llamaindex.patch?.(llamaindexRetriever as never, { name: '@llamaindex/core', version: '' });
  store = await startVectorStoreServer(() => ({
    json: { result: { points: [{ id: 1, score: 1, payload: { text: SECRET } }] }, status: 'ok' },
  }));
  const server = new McpServer({ name: 'secrets', version: '1.0.0' });
  server.registerTool('tell', { inputSchema: z.object({ what: z.string() }) }, async ({ what }) => ({
    content: [{ type: 'text', text: what }],
    isError: true,
  }));
  instrument(server);
  client = instrument(new Client({ name: 'app', version: '1.0.0' }));
  const [near, far] = InMemoryTransport.createLinkedPair();
  await Promise.all([server.connect(far), client.connect(near)]);
});
afterAll(async () => {
  await client?.close();
  await store?.close();
});
afterEach(async () => {
  await shutdown();
});

class Shelf extends BaseRetriever {
  // biome-ignore lint/complexity/noUselessConstructor: makes it public
  constructor() {
    super();
  }
  async _retrieve() {
    return [{ node: new TextNode({ id_: 'n-1', text: SECRET }), score: 1 }];
  }
}

async function* claude() {
  const content = [{ type: 'tool_use', id: 'toolu-1', name: 'Read', input: { path: SECRET } }];
  yield { type: 'assistant', message: { id: 'm-1', model: 'claude', content } };
  const result = [{ type: 'tool_result', tool_use_id: 'toolu-1', content: SECRET }];
  yield { type: 'user', message: { role: 'user', content: result } };
  yield { type: 'result', result: SECRET };
}

/** Each program has the secret in its input and its output. */
const PROGRAMS: readonly (readonly [name: string, spanCount: number, run: () => Promise<unknown>])[] = [
  [
    'LangChain',
    2,
    async () => {
      const callbacks = [langchainHandler()] as never;
      await RunnableLambda.from(async (text: string) => ({ text })).invoke(SECRET, { callbacks });
      const echo = tool(async ({ text }) => text, { name: 'echo', schema: z.object({ text: z.string() }) });
      await echo.invoke({ text: SECRET }, { callbacks });
    },
  ],
  ['MCP', 2, () => client.callTool({ name: 'tell', arguments: { what: SECRET } })],
  ['LlamaIndex', 1, () => new Shelf().retrieve({ query: SECRET })],
  [
    'Claude Agent SDK',
    3,
    async () => {
      for await (const _ of tracedClaudeQuery((_options: { prompt: string }) => claude())({
        prompt: SECRET,
      }));
    },
  ],
  [
    'OpenAI Agents',
    2,
    async () => {
      const processor = new OpenaiAgentsProcessor();
      const trace = { traceId: 't-1', name: 'support' };
      const spanData = { type: 'function', name: 'echo', input: SECRET, output: SECRET };
      await processor.onTraceStart(trace);
      await processor.onSpanStart({ spanId: 's-1', traceId: 't-1', spanData });
      await processor.onSpanEnd({ spanId: 's-1', traceId: 't-1', spanData });
      await processor.onTraceEnd(trace);
    },
  ],
  [
    'Qdrant',
    1,
    () =>
      instrument(new QdrantClient({ url: store.url, checkCompatibility: false })).query('pages', {
        query: [1, 0],
        filter: { must: [{ key: 'owner', match: { value: SECRET } }] },
      }),
  ],
];

const RULES: readonly (readonly [name: string, options: InitOptions])[] = [
  ['content off', { capture: { content: false } }],
  ['a mask', { mask: (text) => text.replaceAll(SECRET, '[masked]') }],
];

it.each(RULES.flatMap(([rule, options]) => PROGRAMS.map((program) => [...program, rule, options] as const)))(
  '%s records %i spans without the secret',
  async (_name, spanCount, run, rule, options) => {
    const spans = new InMemoryExporter();
    init({ exporter: spans, ...options });
    await run();
    expect(spans.spans).toHaveLength(spanCount);
    const everything = JSON.stringify(
      spans.spans.map(({ otel: { name, attributes, events, status } }) => ({
        name,
        attributes,
        events,
        status,
      })),
    );
    expect(everything).not.toContain(SECRET);
    expect(everything.includes('[masked]')).toBe(rule === 'a mask');
  },
);

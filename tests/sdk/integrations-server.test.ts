/** Frameworks, protocols and vector stores with a server: the facts of each as the API returns them. */
import { mkdtemp, rm } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { query as claudeQuery } from '@anthropic-ai/claude-agent-sdk';
import { Client as McpClient } from '@modelcontextprotocol/sdk/client/index.js';
import { InMemoryTransport } from '@modelcontextprotocol/sdk/inMemory.js';
import { McpServer } from '@modelcontextprotocol/sdk/server/mcp.js';
import { Pinecone } from '@pinecone-database/pinecone';
import { QdrantClient } from '@qdrant/js-client-rest';
import {
  aiSdkTelemetry,
  flush,
  init,
  instrument,
  shutdown,
  startTrace,
  tracedClaudeQuery,
} from '@throughline/sdk';
import { createOpenAI } from 'ai-sdk-openai3';
import * as ai6 from 'ai6';
import { ChromaClient } from 'chromadb';
import { afterAll, beforeAll, expect, it } from 'vitest';
import * as weaviateModule from 'weaviate-client2';
import { z } from 'zod';
import {
  nearest,
  type StoreRequest,
  startVectorStoreServer,
  type VectorStoreServer,
} from '../../packages/sdk/test-support/vector-store-server.ts';
import type { SpanDetail } from '../../packages/server/src/contract/span.ts';
import type { Trace } from '../../packages/server/src/contract/trace.ts';
import { priceOf } from '../support/prices.ts';
import { startTestServer, type TestServer } from '../support/start-server.ts';
import { waitFor } from '../support/wait-for.ts';
import { createProviderServer, readAll } from './support.ts';

const modelServer = createProviderServer();
let models: Awaited<ReturnType<typeof modelServer.listen>>;
let store: VectorStoreServer;
let server: TestServer;
/** Environment of the program that Claude's Agent SDK starts. */
let home: string;

beforeAll(async () => {
  home = await mkdtemp(join(tmpdir(), 'throughline-claude-'));
  models = await modelServer.listen(0);
  store = await startVectorStoreServer(answer);
  server = await startTestServer();
  init({ endpoint: server.url, project: server.project });
});
afterAll(async () => {
  await shutdown();
  await server?.stop();
  await store?.close();
  await models?.close();
  await rm(home, { recursive: true, force: true, maxRetries: 5 });
});

const QUESTION = 'What is the capital of France?';
const ANSWER = 'Paris is the capital of France.';

/** Runs it below a root span, and returns the trace once it has this many spans, including the root. */
async function traceOf(name: string, spanCount: number, run: () => Promise<unknown>): Promise<Trace> {
  const root = startTrace(name, { kind: 'chain' });
  await root.run(run);
  root.end();
  await flush();
  // If it takes long, its agents are stored earlier as running spans.
  const trace = await waitFor(`the end of ${name}`, async () => {
    const found = await server.getTrace(root.traceId, spanCount);
    return found.spans.every(({ durationMs }) => durationMs !== null) ? found : undefined;
  });
  expect(trace.spans).toHaveLength(spanCount);
  return trace;
}
const only = (trace: Trace, kind: SpanDetail['kind']) => server.findSpan(trace, (span) => span.kind === kind);

it('AI SDK 6: a streamed call with usage, cost and the time to the first token, below its agent', async () => {
  const openai = createOpenAI({ baseURL: `${models.url}/v1`, apiKey: 'any' });
  const trace = await traceOf('ai-sdk', 3, async () => {
    const { textStream } = ai6.streamText({
      model: openai.chat('gpt-4o'),
      prompt: QUESTION,
      experimental_telemetry: aiSdkTelemetry({ functionId: 'geography' }),
    });
    expect((await readAll(textStream)).join('')).toBe(ANSWER);
  });
  const call = await only(trace, 'llm');
  expect(call).toMatchObject({
    provider: 'openai',
    model: 'gpt-4o',
    inputTokens: 9,
    outputTokens: 8,
    counted: true,
    finishReasons: ['stop'],
    inputMessages: [{ role: 'user', parts: [{ type: 'text', content: QUESTION }] }],
    outputMessages: [{ role: 'assistant', parts: [{ type: 'text', content: ANSWER }] }],
  });
  expect(call.ttftMs).toBeGreaterThan(0);
  const cost = priceOf('gpt-4o', { input: 9, output: 8 });
  expect(call.costUsd).toBeCloseTo(cost, 12);
  expect(trace.costUsd).toBeCloseTo(cost, 12);
  expect((await only(trace, 'agent')).agentName).toBe('geography');
});

it('MCP: the spans of both sides of a tool call, one below the other', async () => {
  const mcp = new McpServer({ name: 'orders', version: '1.0.0' });
  mcp.registerTool(
    'lookup_order',
    { description: 'Status of an order', inputSchema: { orderId: z.string() } },
    async ({ orderId }) => ({ content: [{ type: 'text', text: `${orderId} has shipped` }] }),
  );
  instrument(mcp);
  const client = instrument(new McpClient({ name: 'app', version: '1.0.0' }));
  const [near, far] = InMemoryTransport.createLinkedPair();
  await Promise.all([mcp.connect(far), client.connect(near)]);
  const trace = await traceOf('mcp', 3, () =>
    client.callTool({ name: 'lookup_order', arguments: { orderId: 'A-1001' } }),
  );
  const asked = await server.findSpan(
    trace,
    ({ kind, parentSpanId }) =>
      kind === 'tool' && parentSpanId === trace.spans.find(({ kind }) => kind === 'chain')?.spanId,
  );
  const answered = await server.findSpan(trace, ({ parentSpanId }) => parentSpanId === asked.spanId);
  for (const side of [asked, answered])
    expect(side).toMatchObject({
      name: 'tools/call lookup_order',
      kind: 'tool',
      toolName: 'lookup_order',
      status: 'unset',
      tool: { name: 'lookup_order', arguments: { orderId: 'A-1001' } },
      costUsd: null,
    });
  expect([asked.otelKind, answered.otelKind]).toEqual(['client', 'server']);
  expect(JSON.stringify([answered.output, answered.tool])).toContain('A-1001 has shipped');
});

const CLAUDE_PROGRAM = `@anthropic-ai/claude-agent-sdk-${process.platform}-${process.arch}/package.json`;
const hasClaude = (() => {
  try {
    return (
      createRequire(import.meta.resolve('@anthropic-ai/claude-agent-sdk')).resolve(CLAUDE_PROGRAM) !== ''
    );
  } catch {
    return false;
  }
})();
it.runIf(hasClaude)('Claude Agent SDK: an agent with its reported cost, and its model call', async () => {
  const ask = tracedClaudeQuery(claudeQuery);
  const trace = await traceOf('claude', 3, () =>
    readAll(
      ask({
        prompt: QUESTION,
        options: {
          model: 'claude-sonnet-4-20250514',
          cwd: home,
          settingSources: [],
          includePartialMessages: true,
          env: {
            PATH: process.env.PATH,
            HOME: home,
            CLAUDE_CONFIG_DIR: home,
            ANTHROPIC_BASE_URL: models.url,
            ANTHROPIC_API_KEY: 'any',
            CLAUDE_CODE_DISABLE_NONESSENTIAL_TRAFFIC: '1',
            DISABLE_AUTOUPDATER: '1',
          },
        },
      }),
    ),
  );
  const agent = await only(trace, 'agent');
  const call = await only(trace, 'llm');
  expect(agent).toMatchObject({ agentName: 'claude', counted: false, output: { text: ANSWER } });
  expect(call).toMatchObject({
    provider: 'anthropic',
    model: 'claude-sonnet-4-20250514',
    outputTokens: 8,
    counted: true,
    finishReasons: ['end_turn'],
  });
  expect(call.ttftMs).toBeGreaterThan(0);
  expect(call.cacheWriteTokens).toBeGreaterThan(5_000);
  // The cost that the program reports is equal to that of the server, and it counts once.
  expect(call.costUsd).toBeCloseTo(agent.costUsd ?? 0, 6);
  expect(trace.costUsd).toBeCloseTo(call.costUsd ?? 0, 9);
});

const COLLECTION = '5b0c1a3e-0000-4000-8000-000000000001';

/** The part of each store's API that a search uses. */
function answer({ path, body }: StoreRequest): { json: unknown } | undefined {
  const asked = body as { vector: number[]; query: number[] & string; query_embeddings: number[][] };
  if (path === '/query')
    return {
      json: {
        matches: nearest(asked.vector, 2).map(({ id, text, score }) => ({
          id,
          score,
          values: [],
          metadata: { text },
        })),
        namespace: '',
      },
    };
  if (path === '/collections/pages/points/query')
    return {
      json: {
        status: 'ok',
        result: {
          points: nearest(asked.query, 2).map(({ text, score }, id) => ({
            id,
            version: 1,
            score,
            payload: { text },
          })),
        },
      },
    };
  if (path.endsWith(`/${COLLECTION}/query`)) {
    const found = nearest(asked.query_embeddings[0] ?? [], 2);
    return {
      json: {
        ids: [found.map(({ id }) => id)],
        documents: [found.map(({ text }) => text)],
        distances: [found.map(({ score }) => 1 - score)],
        metadatas: [found.map(() => null)],
        include: [],
      },
    };
  }
  if (path.endsWith('/collections/pages'))
    return {
      json: {
        id: COLLECTION,
        name: 'pages',
        tenant: 'default_tenant',
        database: 'default_database',
        metadata: null,
        dimension: 3,
        configuration_json: {},
        log_position: 0,
        version: 0,
      },
    };
  if (path === '/v1/meta') return { json: { version: '1.30.0' } };
  if (path === '/v1/graphql')
    return {
      json: {
        data: {
          Get: {
            Pages: nearest([1, 0.1, 0], 2).map(({ id, text, score }) => ({
              text,
              _additional: { id, certainty: score },
            })),
          },
        },
      },
    };
  return { json: { version: '1.19.0' } };
}

const VECTOR = [1, 0.1, 0];
interface Search {
  readonly run: () => Promise<unknown>;
  readonly name: string;
  readonly first: object;
}
const SEARCHES: Record<string, Search> = {
  pinecone: {
    name: 'query pages',
    run: () => {
      const index = new Pinecone({ apiKey: 'any' }).index({ name: 'pages', host: store.url });
      return instrument(index).query({ vector: VECTOR, topK: 2, includeMetadata: true });
    },
    first: { id: 'returns', score: 1 },
  },
  qdrant: {
    name: 'query pages',
    run: () => instrument(new QdrantClient({ url: store.url })).query('pages', { query: VECTOR, limit: 2 }),
    first: { id: '0', score: 1 },
  },
  chroma: {
    name: 'query pages',
    run: async () => {
      const client = instrument(new ChromaClient({ host: '127.0.0.1', port: store.port, ssl: false }));
      const collection = await client.getCollection({
        name: 'pages',
        embeddingFunction: { generate: async () => [VECTOR], name: 'test' } as never,
      });
      return collection.query({ queryEmbeddings: [VECTOR], nResults: 2 });
    },
    first: { id: 'returns', metadata: { distance: 0 } },
  },
  weaviate: {
    name: 'Get Pages',
    run: () => {
      const { client } = weaviateModule.default as unknown as typeof weaviateModule.default.default;
      return instrument(client({ scheme: 'http', host: `127.0.0.1:${store.port}` }))
        .graphql.get()
        .withClassName('Pages')
        .withFields('text _additional { id certainty }')
        .withNearVector({ vector: VECTOR })
        .withLimit(2)
        .do();
    },
    first: { id: 'returns', score: 1 },
  },
};

it.each(Object.entries(SEARCHES))('%s: a search with its documents', async (system, { run, name, first }) => {
  const trace = await traceOf(system, 2, run);
  const search = await only(trace, 'retriever');
  expect(search).toMatchObject({
    name,
    status: 'unset',
    otelKind: 'client',
    documentCount: 2,
    retrieval: { topK: 2 },
    attributes: { 'db.system.name': system, 'db.response.returned_rows': 2 },
    documents: [
      { content: 'Returns are free within thirty days.', ...first },
      { content: 'The warranty lasts two years.' },
    ],
    costUsd: null,
    parentSpanId: trace.spans.find(({ kind }) => kind === 'chain')?.spanId,
  });
});

/** Runs each program of `docs/sdk-frameworks.md` as printed, in its own process, against a real server. */
import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdir, rm } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { PGlite } from '@electric-sql/pglite';
import { vector } from '@electric-sql/pglite-pgvector';
import { PGLiteSocketServer } from '@electric-sql/pglite-socket';
import { when } from '@throughline/example-model-server';
import { afterAll, beforeAll, expect, it } from 'vitest';
import {
  PAGES,
  startVectorStoreServer,
  type VectorStoreServer,
} from '../../packages/sdk/test-support/vector-store-server.ts';
import type { SpanSummary } from '../../packages/server/src/contract/span.ts';
import { createTestModelServer } from '../support/model-server.ts';
import { listSnippets, listUntested, writeSnippet } from '../support/snippets.ts';
import { startTestServer, type TestServer } from '../support/start-server.ts';
import { waitFor } from '../support/wait-for.ts';

const run = promisify(execFile);
const FOLDER = join(import.meta.dirname, '.programs');
const GUIDE = join(import.meta.dirname, '../../docs/sdk-frameworks.md');
/** The SDK of Claude contains a program for each platform in an optional package, which may be missing. */
const claudeSdk = createRequire(import.meta.url).resolve('@anthropic-ai/claude-agent-sdk');
const hasClaude = existsSync(join(claudeSdk, `../../claude-agent-sdk-${process.platform}-${process.arch}`));
const modelServer = createTestModelServer();
modelServer.addScript(when({ user: 'orders are late' }, { text: 'A-1001 is.' }));
let models: Awaited<ReturnType<typeof modelServer.listen>>;
let server: TestServer;
const started = new Set(['mcp-server.ts', ...(hasClaude ? [] : ['claude-agent.ts'])]);
let database: PGlite;
let postgres: PGLiteSocketServer;
let qdrant: VectorStoreServer;

beforeAll(async () => {
  await mkdir(FOLDER, { recursive: true });
  models = await modelServer.listen(0);
  server = await startTestServer();
  for (const name of await listSnippets(GUIDE)) await writeSnippet(GUIDE, name, FOLDER, server.url);
  database = await PGlite.create({ extensions: { vector } });
  await database.exec(
    'CREATE EXTENSION vector; CREATE TABLE pages (id text, content text, embedding vector(3))',
  );
  for (const { id, text, vector: embedding } of PAGES)
    await database.query('INSERT INTO pages VALUES ($1, $2, $3)', [id, text, JSON.stringify(embedding)]);
  postgres = new PGLiteSocketServer({ db: database, port: 0, maxConnections: 4 });
  await postgres.start();
  qdrant = await startVectorStoreServer(({ path }) => {
    const points = PAGES.slice(0, 2).map(({ id, text }, index) => ({
      id: index + 1,
      version: 1,
      score: 1 - index / 2,
      payload: { text, slug: id },
    }));
    return path === '/' ? { json: { version: '1.19.0' } } : { json: { result: { points }, status: 'ok' } };
  });
});
afterAll(async () => {
  await rm(FOLDER, { recursive: true, force: true });
  await qdrant?.close();
  await postgres?.stop();
  await database?.close();
  await server?.stop();
  await models?.close();
});

/** Runs a program and returns its only trace once it has this many spans. */
async function traceOf(
  program: string,
  spanCount: number,
  { preload = true, project = `docs-${program}` }: { preload?: boolean; project?: string } = {},
) {
  started.add(`${program}.ts`);
  const [host = '', port = ''] = postgres.getServerConn().split(':');
  const args = [...(preload ? ['--import', '@throughline/sdk/register'] : []), `${program}.ts`];
  await run('node', args, {
    cwd: FOLDER,
    timeout: 30_000,
    env: {
      ...process.env,
      NODE_ENV: 'production',
      PATH: `${dirname(process.execPath)}:${process.env.PATH ?? ''}`,
      NODE_OPTIONS: '--conditions=throughline-source --disable-warning=ExperimentalWarning',
      THROUGHLINE_URL: server.url,
      THROUGHLINE_PROJECT: project,
      OPENAI_API_KEY: 'any',
      OPENAI_BASE_URL: `${models.url}/v1`,
      OPENAI_AGENTS_DISABLE_TRACING: '0',
      ANTHROPIC_API_KEY: 'any',
      ANTHROPIC_BASE_URL: models.url,
      ANTHROPIC_MODEL: 'claude-sonnet-4-20250514',
      CLAUDE_CONFIG_DIR: FOLDER,
      CLAUDE_CODE_DISABLE_NONESSENTIAL_TRAFFIC: '1',
      DISABLE_AUTOUPDATER: '1',
      QDRANT_URL: qdrant.url,
      PGHOST: host,
      PGPORT: port,
      PGUSER: 'postgres',
      PGDATABASE: 'postgres',
    },
  });
  const found = await waitFor(`${spanCount} spans of ${program}`, async () => {
    const traces = await server.listTraces(10, project);
    const [only] = traces;
    return traces.length === 1 && only !== undefined && only.spanCount >= spanCount ? only : undefined;
  });
  const response = await fetch(`${server.url}/api/v1/traces/${found.traceId}?project=${project}`);
  return (await response.json()) as {
    traceId: string;
    spans: SpanSummary[];
    inputTokens: number | null;
    costUsd: number | null;
  };
}

const kinds = (spans: readonly SpanSummary[]) => spans.map(({ kind }) => kind).sort();
const counted = (spans: readonly SpanSummary[]) =>
  spans.filter(({ kind }) => kind === 'llm').reduce((sum, { inputTokens }) => sum + (inputTokens ?? 0), 0);

it.each([
  ['ai-sdk', ['agent', 'agent', 'agent', 'llm', 'llm', 'tool']],
  // Three nodes, and two calls of the function that selects the next node.
  ['langgraph', ['agent', 'chain', 'chain', 'chain', 'chain', 'chain', 'llm', 'llm', 'tool']],
  ['openai-agents', ['agent', 'chain', 'llm', 'llm', 'tool']],
])('%s: two model calls and the tool between them, counted once', async (program, expected) => {
  const { spans, inputTokens, costUsd } = await traceOf(program, expected.length);
  expect(kinds(spans)).toEqual(expected);
  const tool = spans.find(({ kind }) => kind === 'tool');
  expect(tool?.toolName).toBe('lookup_order');
  expect(spans.filter(({ kind, model }) => kind === 'llm' && model?.startsWith('gpt-4o'))).toHaveLength(2);
  expect(inputTokens).toBeGreaterThan(20);
  expect(inputTokens).toBe(counted(spans));
  expect(costUsd).toBeGreaterThan(0);
});

it('langchain-handler: one run', async () => {
  const { spans } = await traceOf('langchain-handler', 1, { preload: false });
  expect(spans).toMatchObject([{ name: 'double', kind: 'chain' }]);
});

it.runIf(hasClaude)('claude-agent: a run and its model call, with tokens and cost', async () => {
  const { spans, inputTokens, costUsd } = await traceOf('claude-agent', 2, { preload: false });
  expect(kinds(spans)).toEqual(['agent', 'llm']);
  expect(inputTokens).toBeGreaterThan(0);
  expect(costUsd).toBeGreaterThan(0);
});

it("mastra: an agent and its model call, sent by Mastra's own exporter", async () => {
  const { spans, inputTokens, costUsd } = await traceOf('mastra', 3, { preload: false, project: 'default' });
  expect(kinds(spans).filter((kind) => kind === 'agent' || kind === 'llm')).toEqual(['agent', 'llm']);
  expect(inputTokens).toBe(counted(spans));
  expect(inputTokens).toBeGreaterThan(0);
  expect(costUsd).toBeGreaterThan(0);
});

it('mcp-client and mcp-server: one trace of two processes', async () => {
  const { spans } = await traceOf('mcp-client', 2);
  const [asked, answered] = spans;
  expect(kinds(spans)).toEqual(['tool', 'tool']);
  expect(asked?.name).toBe('tools/call lookup_order');
  expect(answered?.parentSpanId).toBe(asked?.spanId);
});

it.each([
  ['pgvector', true, { topK: 2 }, [{}]],
  ['qdrant', false, { topK: 2 }, [{}]],
  ['llamaindex', true, { query: 'refund policy' }, []],
])('%s: a search with its documents', async (program, preload, asked, others) => {
  const { traceId, spans } = await traceOf(program, 1, { preload });
  expect(spans).toMatchObject([{ kind: 'retriever', status: 'unset' }]);
  const response = await fetch(
    `${server.url}/api/v1/traces/${traceId}/spans/${spans[0]?.spanId}?project=docs-${program}`,
  );
  const { documents, retrieval } = (await response.json()) as { documents: unknown; retrieval: unknown };
  expect(retrieval).toMatchObject(asked);
  expect(documents).toMatchObject([{ content: 'Returns are free within thirty days.', score: 1 }, ...others]);
});

it('every program of the page is tested', async () => {
  expect([...started].sort()).toEqual((await listSnippets(GUIDE)).sort());
  expect(await listUntested(GUIDE)).toEqual([]);
});

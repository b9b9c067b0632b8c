import * as pinecone9 from '@pinecone-database/pinecone';
import * as qdrantModule from '@qdrant/js-client-rest';
import * as chromaModule from 'chromadb';
import * as pinecone8 from 'pinecone8';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import * as weaviate2Module from 'weaviate-client2';
import { requirePrevious } from '../../test-support/previous-major.ts';
import {
  nearest,
  type StoreReply,
  type StoreRequest,
  startVectorStoreServer,
  type VectorStoreServer,
} from '../../test-support/vector-store-server.ts';
import { InMemoryExporter, init, shutdown } from '../index.ts';
import type { Integration } from '../patch/integration.ts';
import { chroma } from './chroma.ts';
import { pinecone } from './pinecone.ts';
import { qdrant } from './qdrant.ts';
import { weaviate2 } from './weaviate-2.ts';

let spans: InMemoryExporter;
beforeEach(() => {
  spans = new InMemoryExporter();
  init({ exporter: spans });
});
afterEach(async () => {
  await shutdown();
});

const chroma2Module = requirePrevious<typeof chromaModule>('chromadb');

/** A vector with a recognisable number, to check that it is not recorded anywhere. */
const VECTOR = [1, 0.1, 0.123456789];
const SECRET = /0\.12345/;

interface Body {
  readonly vector: readonly number[];
  readonly query: readonly number[];
  readonly query_embeddings: readonly (readonly number[])[];
  readonly topK: number;
  readonly limit: number;
  readonly n_results: number;
}
interface Case {
  readonly name: string;
  readonly integration: Integration;
  readonly exports: object;
  readonly answer: (request: StoreRequest) => StoreReply | undefined;
  readonly search: (server: VectorStoreServer, limit: number, exports: never) => Promise<unknown>;
  readonly attributes: object;
  /** Expected output: the best two documents. */
  readonly documents: readonly object[];
  /** Whether the client retries a request after 503. Other clients throw. */
  readonly retries?: boolean;
}

const pineconeCase = (name: string, exports: object): Case => ({
  name,
  integration: pinecone,
  exports,
  answer: ({ path, body }) => {
    const { vector, topK } = body as Body;
    if (path !== '/query') return undefined;
    const matches = nearest(vector, topK).map(({ id, text, score }) => ({
      id,
      score,
      values: [],
      metadata: { text },
    }));
    return { json: { matches, namespace: 'handbook', usage: { readUnits: 5 } } };
  },
  search: async (server, limit, { Pinecone }: typeof pinecone9) => {
    const client = new Pinecone({ apiKey: 'any' });
    const index = (client.index as (name: string, host: string) => pinecone9.Index)('pages', server.url);
    return index.query({ vector: VECTOR, topK: limit, includeMetadata: true, filter: { year: 2026 } });
  },
  attributes: {
    'db.system.name': 'pinecone',
    'db.operation.name': 'query',
    'db.collection.name': 'pages',
    'input.value': '{"year":2026}',
  },
  documents: [
    { id: 'returns', content: 'Returns are free within thirty days.', score: expect.closeTo(1, 3) },
    { id: 'warranty', content: 'The warranty lasts two years.', score: expect.closeTo(0.68, 3) },
  ],
  retries: true,
});

const COLLECTION = {
  id: '5b0c1a3e-0000-4000-8000-000000000001',
  name: 'pages',
  tenant: 'default_tenant',
  database: 'default_database',
  metadata: null,
  dimension: 3,
  configuration_json: { hnsw: { space: 'cosine' }, embedding_function: null },
  log_position: 0,
  version: 0,
};

const chromaCase = (
  name: string,
  exports: object,
  address: (port: number) => chromaModule.ChromaClientArgs,
): Case => ({
  name,
  integration: chroma,
  exports,
  answer: ({ path, body }) => {
    if (/\/(tenants|databases)\/default_\w+$/.test(path)) return { json: { name: path.split('/').at(-1) } };
    if (path.endsWith('/auth/identity'))
      return { json: { user_id: 'u', tenant: 'default_tenant', databases: ['default_database'] } };
    if (path.endsWith('/pre-flight-checks'))
      return { json: { max_batch_size: 100, supports_base64_encoding: false } };
    if (path.endsWith('/collections/pages')) return { json: COLLECTION };
    if (!path.endsWith(`/${COLLECTION.id}/query`)) return undefined;
    const { query_embeddings: vectors, n_results: limit } = body as Body;
    const found = nearest(vectors[0] ?? [], limit);
    return {
      json: {
        ids: [found.map(({ id }) => id)],
        documents: [found.map(({ text }) => text)],
        distances: [found.map(({ score }) => 1 - score)],
        metadatas: [found.map(({ id }) => ({ page: id }))],
        include: ['metadatas', 'documents', 'distances'],
      },
    };
  },
  search: async (server, limit, { ChromaClient }: typeof chromaModule) => {
    const client = new ChromaClient(address(server.port));
    const collection = await client.getCollection({
      name: 'pages',
      embeddingFunction: { generate: async () => [VECTOR], name: 'test' } as never,
    });
    return collection.query({ queryEmbeddings: [VECTOR], nResults: limit, where: { year: 2026 } });
  },
  attributes: {
    'db.system.name': 'chroma',
    'db.operation.name': 'query',
    'db.collection.name': 'pages',
    'input.value': '{"where":{"year":2026}}',
  },
  documents: [
    {
      id: 'returns',
      content: 'Returns are free within thirty days.',
      metadata: { page: 'returns', distance: expect.closeTo(0, 3) },
    },
    { id: 'warranty', content: 'The warranty lasts two years.' },
  ],
});

const CASES: readonly Case[] = [
  pineconeCase('Pinecone 9', pinecone9),
  pineconeCase('Pinecone 8', pinecone8),
  chromaCase('Chroma 3', chromaModule, (port) => ({ host: '127.0.0.1', port, ssl: false })),
  chromaCase('Chroma 2', chroma2Module, (port) => ({ path: `http://127.0.0.1:${port}` })),
  {
    name: 'Qdrant',
    integration: qdrant,
    exports: qdrantModule,
    answer: ({ path, body }) => {
      if (path === '/') return { json: { title: 'qdrant', version: '1.19.0' } };
      if (path !== '/collections/pages/points/query') return undefined;
      const { query, limit } = body as Body;
      const points = nearest(query, limit).map(({ id, text, score }, index) => ({
        id: index + 1,
        version: 1,
        score,
        payload: { text, slug: id },
      }));
      return { json: { result: { points }, status: 'ok', time: 0.001 } };
    },
    search: async (server, limit, { QdrantClient }: typeof qdrantModule) =>
      new QdrantClient({ url: server.url }).query('pages', {
        query: VECTOR,
        limit,
        with_payload: true,
        filter: { must: [{ key: 'year', match: { value: 2026 } }] },
      }),
    attributes: {
      'db.system.name': 'qdrant',
      'db.operation.name': 'query',
      'db.collection.name': 'pages',
      'input.value': '{"must":[{"key":"year","match":{"value":2026}}]}',
    },
    documents: [
      {
        id: '1',
        content: 'Returns are free within thirty days.',
        score: expect.closeTo(1, 3),
        metadata: { text: 'Returns are free within thirty days.', slug: 'returns' },
      },
      { id: '2', content: 'The warranty lasts two years.' },
    ],
  },
  {
    name: 'Weaviate 2',
    integration: weaviate2,
    exports: weaviate2Module,
    answer: ({ path, body }) => {
      if (path === '/v1/meta') return { json: { version: '1.30.0' } };
      if (path !== '/v1/graphql') return undefined;
      const { query } = body as { query: string };
      const vector = JSON.parse(/vector:(\[[^\]]*\])/.exec(query)?.[1] ?? '[]') as number[];
      const limit = Number(/limit:(\d+)/.exec(query)?.[1]);
      if (vector.length !== 3) return { json: { errors: [{ message: 'vector lengths do not match' }] } };
      const Pages = nearest(vector, limit).map(({ id, text, score }) => ({
        text,
        _additional: { id, certainty: score, distance: 1 - score },
      }));
      return { json: { data: { Get: { Pages } } } };
    },
    search: async (server, limit, module: { default: { client: (options: object) => never } }) => {
      const holder = module.default as unknown as { client?: unknown; default?: { client: unknown } };
      const { client } = (holder.client === undefined ? holder.default : holder) as {
        client: typeof weaviate2Module.default.default.client;
      };
      return client({ scheme: 'http', host: `127.0.0.1:${server.port}` })
        .graphql.get()
        .withClassName('Pages')
        .withFields('text _additional { id certainty distance }')
        .withNearVector({ vector: VECTOR })
        .withLimit(limit)
        .do();
    },
    attributes: {
      'db.system.name': 'weaviate',
      'db.operation.name': 'Get',
      'db.collection.name': 'Pages',
    },
    documents: [
      { id: 'returns', content: 'Returns are free within thirty days.', score: expect.closeTo(1, 3) },
      { id: 'warranty', content: 'The warranty lasts two years.' },
    ],
  },
];

describe.each(CASES)('$name', ({ integration, exports, answer, search, attributes, documents, retries }) => {
  let server: VectorStoreServer;
  let isBroken = false;
  let isBusy = false;
  beforeAll(async () => {
    server = await startVectorStoreServer((request) => {
      const isSearch = request.method === 'POST';
      if (isBroken && isSearch)
        return { status: 400, json: { message: 'out of order', error: 'out of order' } };
      if (!isBusy || !isSearch) return answer(request);
      isBusy = false;
      return { status: 503, json: { message: 'busy', error: 'busy' } };
    });
    integration.patch?.(exports as never, { name: integration.package, version: '' });
  });
  afterAll(() => server.close());
  afterEach(() => {
    isBroken = false;
  });

  it('records documents, top k and the length of the vector, but not the vector', async () => {
    await search(server, 2, exports as never);
    const [span, ...others] = spans.spans;
    expect(others).toEqual([]);
    expect(span).toMatchObject({ kind: 'retriever', status: 'unset' });
    expect(span?.attributes).toMatchObject({
      ...attributes,
      'gen_ai.operation.name': 'retrieval',
      'gen_ai.retrieval.top_k': 2,
      'gen_ai.embeddings.dimension.count': 3,
      'db.response.returned_rows': 2,
    });
    expect(span?.output).toMatchObject(documents);
    expect(JSON.stringify(span?.attributes)).not.toMatch(SECRET);
  });

  it('returns the same result as without tracing', async () => {
    const traced = await search(server, 3, exports as never);
    await shutdown();
    const bare = await search(server, 3, exports as never);
    expect(JSON.stringify(traced)).toBe(JSON.stringify(bare));
    expect(spans.spans).toHaveLength(1);
  });

  it('records an error and rethrows it', async () => {
    isBroken = true;
    await expect(search(server, 2, exports as never)).rejects.toThrow();
    expect(spans.find({ kind: 'retriever' })).toMatchObject({ status: 'error' });
  });

  it('records one span for a search that gets 503, with or without a retry', async () => {
    isBusy = true;
    const searching = search(server, 2, exports as never);
    if (retries === true) await searching;
    else await expect(searching).rejects.toThrow();
    expect(spans.spans).toHaveLength(1);
    expect(spans.spans[0]?.status).toBe(retries === true ? 'unset' : 'error');
    if (retries === true) expect(spans.spans[0]?.output).toMatchObject(documents);
  });

  it('records parallel searches separately', async () => {
    await Promise.all([1, 2, 3].map((limit) => search(server, limit, exports as never)));
    const rows = spans.spans.map((span) => [
      span.attributes['gen_ai.retrieval.top_k'],
      span.attributes['db.response.returned_rows'],
    ]);
    expect(rows.sort()).toEqual([
      [1, 1],
      [2, 2],
      [3, 3],
    ]);
  });
});

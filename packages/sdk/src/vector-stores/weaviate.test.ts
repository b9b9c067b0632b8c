import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { eventually } from '@throughline/tests/eventually';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import * as weaviateModule from 'weaviate-client';
import {
  nearest,
  startVectorStoreServer,
  type VectorStoreServer,
} from '../../test-support/vector-store-server.ts';
import { InMemoryExporter, init, shutdown } from '../index.ts';
import { weaviate } from './weaviate.ts';

/*
 * Weaviate's client searches over gRPC. The test server uses the client's own protocol definition and the gRPC library
 * that the client depends on.
 */
interface GrpcServer {
  add(definition: object, implementation: object): void;
  listen(address: string): Promise<number>;
  forceShutdown(): void;
}

interface SearchRequest {
  readonly collection: string;
  readonly limit: number;
  readonly nearVector?: { readonly vectorBytes: Uint8Array; readonly vectors: { vectorBytes: Uint8Array }[] };
}

let grpc: GrpcServer;
let Refusal: new (code: number, message: string) => Error;
const INVALID_ARGUMENT = 3;
const UNAVAILABLE = 14;
let isBusy = false;
let http: VectorStoreServer;
let client: weaviateModule.WeaviateClient;
let spans: InMemoryExporter;

beforeAll(async () => {
  const entry = fileURLToPath(import.meta.resolve('weaviate-client'));
  const proto = (await import(pathToFileURL(join(dirname(entry), 'proto/v1/weaviate.js')).href)) as {
    WeaviateDefinition: object;
  };
  const niceGrpc = createRequire(entry)('nice-grpc') as {
    createServer: () => GrpcServer;
    ServerError: typeof Refusal;
  };
  Refusal = niceGrpc.ServerError;

  grpc = niceGrpc.createServer();
  const refuse = async () => {
    throw new Error('not part of the test');
  };
  const names = Object.keys((proto.WeaviateDefinition as { methods: object }).methods);
  grpc.add(proto.WeaviateDefinition, {
    ...Object.fromEntries(names.map((name) => [name, refuse])),
    search: async (request: SearchRequest, { signal }: { signal: AbortSignal }) => {
      if (isBusy) {
        isBusy = false;
        throw new Refusal(UNAVAILABLE, 'busy');
      }
      searchedCollections.push(request.collection);
      // Waits until the caller aborts.
      if (request.collection === 'Slow')
        await new Promise((resolve) => signal.addEventListener('abort', resolve, { once: true }));
      return answer(request);
    },
  });
  const grpcPort = await grpc.listen('127.0.0.1:0');
  http = await startVectorStoreServer(({ path }) =>
    path === '/v1/meta' ? { json: { version: '1.33.0', hostname: 'test', modules: {} } } : undefined,
  );
  const patched = weaviate.patch?.({ ...weaviateModule } as never, { name: 'weaviate-client', version: '3' });
  const { connectToCustom } = patched as unknown as typeof weaviateModule;
  client = await connectToCustom({
    httpHost: '127.0.0.1',
    httpPort: http.port,
    httpSecure: false,
    grpcHost: '127.0.0.1',
    grpcPort,
    grpcSecure: false,
    skipInitChecks: true,
  });
});
afterAll(async () => {
  await client?.close();
  grpc?.forceShutdown();
  await http?.close();
});
beforeEach(() => {
  spans = new InMemoryExporter();
  init({ exporter: spans });
});
afterEach(async () => {
  await shutdown();
});

/** Collections of all search requests that the server received. */
const searchedCollections: string[] = [];

function answer({ collection, limit, nearVector }: SearchRequest): object {
  const bytes = nearVector?.vectors[0]?.vectorBytes ?? nearVector?.vectorBytes ?? new Uint8Array();
  const vector = [...new Float32Array(new Uint8Array(bytes).buffer)];
  if (collection === 'Broken' || (nearVector !== undefined && vector.length !== 3))
    throw new Refusal(INVALID_ARGUMENT, 'vector lengths do not match');
  const results = nearest(vector.length === 0 ? [1, 0, 0] : vector, limit).map(({ text, score }, index) => ({
    properties: {
      nonRefProps: { fields: { text: { textValue: text } } },
      refProps: [],
      refPropsRequested: false,
    },
    metadata: {
      id: `00000000-0000-4000-8000-00000000000${index}`,
      distance: 1 - score,
      distancePresent: true,
      score,
      scorePresent: true,
    },
  }));
  return { took: 0.001, results };
}

const VECTOR = [1, 0.1, 0.123456789];

describe('Weaviate 3', () => {
  it('records a search by vector, but not the vector', async () => {
    const { objects } = await client.collections
      .use('Pages')
      .query.nearVector(VECTOR, { limit: 2, returnMetadata: ['distance', 'score'] });
    expect(objects.map(({ properties }) => properties.text)).toEqual([
      'Returns are free within thirty days.',
      'The warranty lasts two years.',
    ]);
    const [span, ...others] = spans.spans;
    expect(others).toEqual([]);
    expect(span).toMatchObject({ name: 'nearVector Pages', kind: 'retriever', status: 'unset' });
    expect(span?.attributes).toMatchObject({
      'db.system.name': 'weaviate',
      'db.collection.name': 'Pages',
      'gen_ai.retrieval.top_k': 2,
      'gen_ai.embeddings.dimension.count': 3,
      'db.response.returned_rows': 2,
    });
    expect(span?.output).toMatchObject([
      {
        id: '00000000-0000-4000-8000-000000000000',
        content: 'Returns are free within thirty days.',
        score: 1,
        metadata: { distance: 0 },
      },
      { content: 'The warranty lasts two years.', score: expect.closeTo(0.68, 3) },
    ]);
    expect(JSON.stringify(span?.attributes)).not.toContain('0.12345');
  });

  it('records a search by text', async () => {
    await client.collections.get('Pages').query.bm25('free returns', { limit: 1 });
    expect(spans.spans[0]?.attributes).toMatchObject({
      'db.operation.name': 'bm25',
      'gen_ai.retrieval.query.text': 'free returns',
    });
  });

  it('records an error and rethrows it', async () => {
    await expect(client.collections.use('Broken').query.nearVector(VECTOR)).rejects.toThrow();
    expect(spans.find({ kind: 'retriever' })).toMatchObject({ status: 'error' });
  });

  it('records one span for a search that the client retries', async () => {
    isBusy = true;
    const warn = vi.spyOn(console, 'warn').mockImplementation(() => {});
    await client.collections.use('Pages').query.nearVector(VECTOR, { limit: 1 });
    expect(warn).toHaveBeenCalledOnce();
    warn.mockRestore();
    expect(spans.spans).toMatchObject([
      { status: 'unset', output: [{ content: 'Returns are free within thirty days.' }] },
    ]);
  });

  it('marks an aborted search as cancelled', async () => {
    const abort = new AbortController();
    const searching = client.collections
      .use('Slow')
      .query.nearVector(VECTOR, { limit: 1 }, { abortSignal: abort.signal });
    await eventually('the searched collections', () => searchedCollections).toContain('Slow');
    abort.abort();
    await expect(searching).rejects.toThrow();
    expect(spans.spans).toMatchObject([{ name: 'nearVector Slow', status: 'unset' }]);
    expect(spans.spans[0]?.attributes['throughline.cancelled']).toBe(true);
  });

  it('records parallel searches separately, and nothing after shutdown', async () => {
    const pages = client.collections.use('Pages');
    await Promise.all([1, 2, 3].map((limit) => pages.query.nearVector(VECTOR, { limit })));
    const rows = spans.spans.map(({ attributes }) => [
      attributes['gen_ai.retrieval.top_k'],
      attributes['db.response.returned_rows'],
    ]);
    expect(rows.sort()).toEqual([
      [1, 1],
      [2, 2],
      [3, 3],
    ]);
    await shutdown();
    await pages.query.nearVector(VECTOR, { limit: 1 });
    expect(spans.spans).toHaveLength(3);
  });
});

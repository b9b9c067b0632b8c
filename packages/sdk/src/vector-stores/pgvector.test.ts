import { PGlite } from '@electric-sql/pglite';
import { vector } from '@electric-sql/pglite-pgvector';
import { PGLiteSocketServer } from '@electric-sql/pglite-socket';
import pg from 'pg';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { PAGES } from '../../test-support/vector-store-server.ts';
import { InMemoryExporter, init, markUsed, observe, shutdown, startTrace } from '../index.ts';
import { pgvector, searchOf } from './pgvector.ts';

let database: PGlite;
let server: PGLiteSocketServer;
let pool: pg.Pool;
let spans: InMemoryExporter;

beforeAll(async () => {
  database = await PGlite.create({ extensions: { vector } });
  server = new PGLiteSocketServer({ db: database, port: 0, maxConnections: 4 });
  await server.start();
  pgvector.patch?.({ default: pg } as never, { name: 'pg', version: '8.0.0' });
  const [host, port] = server.getServerConn().split(':');
  pool = new pg.Pool({
    host: host ?? '',
    port: Number(port),
    user: 'postgres',
    database: 'postgres',
    max: 2,
  });
  await database.exec(
    'CREATE EXTENSION vector; CREATE TABLE pages (id text, content text, embedding vector(3))',
  );
  for (const page of PAGES)
    await database.query('INSERT INTO pages VALUES ($1, $2, $3)', [
      page.id,
      page.text,
      JSON.stringify(page.vector),
    ]);
});
afterAll(async () => {
  await pool?.end();
  await server?.stop();
  await database?.close();
});
beforeEach(() => {
  spans = new InMemoryExporter();
  init({ exporter: spans });
});
afterEach(async () => {
  await shutdown();
});

const SEARCH = `SELECT id, content, 1 - (embedding <=> $1) AS similarity FROM pages ORDER BY embedding <=> $1 LIMIT $2`;

describe('pgvector through pg', () => {
  it('records documents, top k and the length of the vector, but not the vector', async () => {
    const { rows } = await pool.query(SEARCH, ['[0.123456,0.9,0]', 2]);
    expect(rows.map(({ id }) => id)).toEqual(['shipping', 'warranty']);
    const [span, ...others] = spans.spans;
    expect(others).toEqual([]);
    expect(span).toMatchObject({ name: 'SELECT pages', kind: 'retriever', status: 'unset' });
    expect(span?.attributes).toMatchObject({
      'db.system.name': 'postgresql',
      'db.collection.name': 'pages',
      'db.vector.metric': 'cosine',
      'db.response.returned_rows': 2,
      'gen_ai.retrieval.top_k': 2,
      'gen_ai.embeddings.dimension.count': 3,
    });
    expect(span?.output).toEqual([
      { id: 'shipping', content: 'Shipping takes two days.', score: rows[0].similarity },
      { id: 'warranty', content: 'The warranty lasts two years.', score: rows[1].similarity },
    ]);
    expect(JSON.stringify(span?.attributes)).not.toContain('0.123456');
  });

  it('supports all distance operators, and vectors inside the statement', async () => {
    await pool.query(
      `SELECT id, embedding <-> '[0.5,0.5,0.654321]' AS distance, embedding FROM pages ORDER BY 2 LIMIT 1`,
    );
    await pool.query(`SELECT id FROM pages ORDER BY embedding <#> $1::vector LIMIT 3`, ['[1,0,0]']);
    await pool.query(`SELECT id FROM pages ORDER BY embedding <+> $1 LIMIT 3`, ['[1,0,0]']);
    expect(spans.spans.map(({ attributes }) => attributes['db.vector.metric'])).toEqual([
      'l2',
      'inner_product',
      'l1',
    ]);
    expect(JSON.stringify(spans.spans[0]?.attributes)).not.toContain('0.654321');
    // Vectors in the result are not recorded either.
    expect(spans.spans[0]?.output).toEqual([{ id: 'warranty', metadata: { distance: expect.any(Number) } }]);
  });

  it('does not record other statements', async () => {
    await pool.query('SELECT 1');
    await pool.query(`SELECT 'a <-> b' AS text`);
    await pool.query(`SELECT point(0,0) <-> point(1,1) AS distance`);
    await pool.query(`INSERT INTO pages SELECT id, content, embedding FROM pages WHERE false`);
    expect(spans.spans).toEqual([]);
  });

  it('supports callbacks', async () => {
    const rows = await new Promise<{ id: string }[]>((resolve, reject) => {
      pool.query(SEARCH, ['[1,0,0]', 1], (error, result) => (error ? reject(error) : resolve(result.rows)));
    });
    expect(rows[0]?.id).toBe('returns');
    expect(spans.find({ kind: 'retriever' })?.attributes['db.response.returned_rows']).toBe(1);
  });

  it('supports config objects and clients from a pool', async () => {
    const client = await pool.connect();
    await client.query({ text: SEARCH, values: ['[1,0,0]', 1] });
    client.release();
    expect(spans.spans).toHaveLength(1);
  });

  it('records an error of the database and rethrows it', async () => {
    await expect(pool.query(SEARCH, ['[1,0]', 1])).rejects.toThrow('different vector dimensions');
    expect(spans.spans[0]).toMatchObject({ status: 'error', errorType: 'error' });
  });

  it('records parallel searches as children of their callers, and recognises used documents', async () => {
    const ask = observe(
      async (vector: string) => {
        const { rows } = await pool.query(SEARCH, [vector, 2]);
        markUsed(rows.slice(1));
        return rows.length;
      },
      { name: 'ask', kind: 'chain' },
    );
    const root = startTrace('request');
    await root.run(() => Promise.all([ask('[1,0,0]'), ask('[0,1,0]')]));
    root.end();
    for (const chain of spans.filter({ name: 'ask' })) {
      const search = spans
        .filter({ kind: 'retriever' })
        .find(({ parentSpanId }) => parentSpanId === chain.spanId);
      expect(search).toBeDefined();
      expect(JSON.parse(String(chain.attributes['throughline.documents.used']))).toMatchObject([
        { spanId: search?.spanId, index: 1, id: 'warranty' },
      ]);
    }
  });

  it('distinguishes vectors from other texts in brackets', () => {
    const search = (value: string) => searchOf(['SELECT a FROM b ORDER BY c <-> $1', [value]]);
    expect(search('[1,2,3]')?.dimensions).toBe(3);
    expect(search('[ -1.5e-3, .25 ]')?.dimensions).toBe(2);
    expect(search(JSON.stringify(Array.from({ length: 1536 }, (_, i) => i / 7)))?.dimensions).toBe(1536);
    for (const text of ['[1] first, [2]', '["a","b"]', '[]', '', '1,2,3'])
      expect(search(text)).toBeUndefined();
  });

  it('ignores statements that are too long and queries that are not plain statements', () => {
    expect(searchOf([`SELECT ${'x'.repeat(200_000)} <-> '[1,2]'`])).toBeUndefined();
    expect(searchOf([{ submit: () => {}, text: SEARCH }])).toBeUndefined();
    expect(searchOf([undefined])).toBeUndefined();
  });
});

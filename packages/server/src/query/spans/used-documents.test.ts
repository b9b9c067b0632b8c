import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { rawSpan } from '../../testing/raw-span.ts';
import { startTestServer, type TestServer } from '../../testing/test-server.ts';
import { projectScope } from '../project-scope.ts';
import { getTrace } from '../traces/get-trace.ts';
import { getSpan } from './get-span.ts';

let server: TestServer;
beforeAll(async () => {
  server = await startTestServer();
});
afterAll(() => server.stop());

const documents = (...ids: string[]) => JSON.stringify(ids.map((id) => ({ id, content: `text of ${id}` })));
const ANSWER = 'a'.repeat(16);
const SEARCH = 'b'.repeat(16);
const RERANK = 'c'.repeat(16);
const OTHER = 'd'.repeat(16);
const START = 1_795_000_000_000_000_000n;

/**
 *     answer            used: index 1 of `search`, and `doc-c` by its id
 *     ├─ search         doc-a  doc-b  doc-c
 *     ├─ rerank         doc-c  doc-a         from doc-a doc-b doc-c
 *     └─ other search   doc-x
 */
const answer = rawSpan({
  spanId: ANSWER,
  name: 'answer',
  attributes: {
    'openinference.span.kind': 'CHAIN',
    'throughline.documents.used': JSON.stringify([{ spanId: SEARCH, index: 1 }, { id: 'doc-c' }]),
  },
});
const child = (spanId: string, name: string, at: bigint, attributes: Record<string, string>) =>
  rawSpan({
    spanId,
    name,
    parentSpanId: ANSWER,
    startTimeUnixNano: START + at,
    endTimeUnixNano: START + at + 1_000_000n,
    attributes,
  });
const spans = [
  answer,
  child(SEARCH, 'search', 10n, {
    'openinference.span.kind': 'RETRIEVER',
    'gen_ai.retrieval.documents': documents('doc-a', 'doc-b', 'doc-c'),
  }),
  child(RERANK, 'rerank', 20n, {
    'openinference.span.kind': 'RERANKER',
    'gen_ai.retrieval.documents': documents('doc-c', 'doc-a'),
    'throughline.reranker.input_documents': documents('doc-a', 'doc-b', 'doc-c'),
  }),
  child(OTHER, 'other search', 30n, {
    'openinference.span.kind': 'RETRIEVER',
    'gen_ai.retrieval.documents': documents('doc-x'),
  }),
];

describe('documents that were used for an answer', () => {
  const scope = () => projectScope(server.engine, 'used');
  beforeAll(() => server.send('used', spans));

  it('are counted for the spans that found them', async () => {
    const found = await getTrace(scope(), answer.traceId);
    expect(found?.usedDocuments.toSorted((a, b) => b.count - a.count)).toEqual([
      { spanId: SEARCH, count: 2 },
      { spanId: RERANK, count: 1 },
    ]);
  });

  it('are marked in the output of retrievers and in the input of rerankers', async () => {
    const search = await getSpan(scope(), answer.traceId, SEARCH);
    expect(search?.documents?.map(({ id, used }) => [id, used])).toEqual([
      ['doc-a', false],
      ['doc-b', true],
      ['doc-c', true],
    ]);
    const rerank = await getSpan(scope(), answer.traceId, RERANK);
    expect(rerank?.documents?.map(({ used }) => used)).toEqual([true, false]);
    expect(rerank?.retrieval?.inputDocuments?.map(({ used }) => used)).toEqual([false, false, true]);
    const other = await getSpan(scope(), answer.traceId, OTHER);
    expect(other?.documents?.map(({ used }) => used)).toEqual([false]);
  });

  it('are listed by the span that used them', async () => {
    expect((await getSpan(scope(), answer.traceId, ANSWER))?.usedDocuments).toEqual([
      { spanId: SEARCH, index: 1, id: null },
      { spanId: null, index: null, id: 'doc-c' },
    ]);
    expect((await getSpan(scope(), answer.traceId, SEARCH))?.usedDocuments).toBeNull();
  });

  it('are part of the tree as text', async () => {
    const response = await fetch(`${server.url}/api/v1/traces/${answer.traceId}?project=used`, {
      headers: { accept: 'text/plain' },
    });
    const [, tree] = (await response.text()).split('\n\n');
    expect(tree?.split('\n').map((line) => line.replace(/ {2,}/g, '  '))).toEqual([
      'answer  1.50 s',
      '├─ search  1.0 ms  3 documents, 2 used',
      '├─ rerank  1.0 ms  2 of 3, 1 used',
      '└─ other search  1.0 ms  1 document',
      '',
    ]);
  });

  it('are not searched for in another project or trace', async () => {
    await server.send('unused', [{ ...(spans[1] as (typeof spans)[1]) }]);
    const found = await getTrace(projectScope(server.engine, 'unused'), answer.traceId);
    expect(found?.usedDocuments).toEqual([]);
  });
});

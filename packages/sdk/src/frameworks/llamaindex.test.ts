import * as chatEngine from '@llamaindex/core/chat-engine';
import { MockLLM } from '@llamaindex/core/llms/mock';
import * as queryEngine from '@llamaindex/core/query-engine';
import * as synthesizers from '@llamaindex/core/response-synthesizers';
import * as retriever from '@llamaindex/core/retriever';
import * as schema from '@llamaindex/core/schema';
import * as tools from '@llamaindex/core/tools';
import { afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { requirePrevious } from '../../test-support/previous-major.ts';
import { InMemoryExporter, init, observe, shutdown } from '../index.ts';
import { llamaindex } from './llamaindex.ts';

let spans: InMemoryExporter;
beforeEach(() => {
  spans = new InMemoryExporter();
  init({ exporter: spans });
});
afterEach(async () => {
  await shutdown();
});

const search = observe(async (_query: string) => 'found', { name: 'store', kind: 'tool' });

const above = (name: string) => {
  const span = spans.find({ name });
  return spans.spans.find(({ spanId }) => spanId === span?.parentSpanId)?.name;
};

const V6 = { chatEngine, MockLLM, queryEngine, synthesizers, retriever, schema, tools };
const previous = <Exports>(name: string) => requirePrevious<Exports>(`@llamaindex/core/${name}`);
const V5: typeof V6 = {
  chatEngine: previous('chat-engine'),
  MockLLM: previous<Pick<typeof V6, 'MockLLM'>>('utils').MockLLM,
  queryEngine: previous('query-engine'),
  synthesizers: previous('response-synthesizers'),
  retriever: previous('retriever'),
  schema: previous('schema'),
  tools: previous('tools'),
};

describe.each([
  ['0.6', V6],
  ['0.5', V5],
])('@llamaindex/core %s', (_version, li) => {
  beforeAll(() => {
    for (const exports of [li.chatEngine, li.queryEngine, li.synthesizers, li.retriever, li.tools])
      llamaindex.patch?.(exports as never, { name: '@llamaindex/core', version: '' });
  });
  class Shelf extends li.retriever.BaseRetriever {
    // The constructor of the base class is protected.
    // biome-ignore lint/complexity/noUselessConstructor: makes it public
    constructor() {
      super();
    }
    async _retrieve(params: { query: unknown }) {
      if (params.query === 'fail') throw new RangeError('no such retrieval');
      await search(String(params.query));
      return [
        {
          node: new li.schema.TextNode({ id_: 'n-1', text: 'Returns are free.', metadata: { page: 3 } }),
          score: 0.75,
        },
      ];
    }
  }
  const engine = () =>
    new li.queryEngine.RetrieverQueryEngine(
      new Shelf(),
      li.synthesizers.getResponseSynthesizer('compact', {
        llm: new li.MockLLM({ responseMessage: 'Within thirty days.' }) as never,
      }),
    );
  it('records a query engine with its answer, retrieved documents and child spans', async () => {
    const { message } = await engine().query({ query: 'Are returns free?' });
    expect(message.content).toBe('Within thirty days.');
    const root = spans.find({ name: 'RetrieverQueryEngine.query' });
    expect(root).toMatchObject({ kind: 'chain', input: 'Are returns free?', output: 'Within thirty days.' });
    const retrieval = spans.find({ kind: 'retriever' });
    expect(retrieval).toMatchObject({ name: 'Shelf', input: 'Are returns free?' });
    expect(retrieval?.output).toEqual([
      { id: 'n-1', content: 'Returns are free.', score: 0.75, metadata: { page: 3 } },
    ]);
    expect(above('store')).toBe('Shelf');
    expect(above('Shelf')).toBe('RetrieverQueryEngine.query');
    expect(above('CompactAndRefine.synthesize')).toBe('RetrieverQueryEngine.query');
  });

  it('does not change streams, and records the complete answer', async () => {
    const stream = await engine().query({ query: 'Are returns free?', stream: true });
    let streamed = '';
    for await (const chunk of stream) streamed += chunk.delta;
    expect(streamed).toBe('Within thirty days.');
    expect(spans.find({ name: 'RetrieverQueryEngine.query' })?.output).toBe('Within thirty days.');
  });

  it('marks a stream that the application leaves as cancelled and records what was received', async () => {
    const stream = await engine().query({ query: 'Are returns free?', stream: true });
    let received = '';
    for await (const chunk of stream) {
      received += chunk.delta;
      if (received.length > 4) break;
    }
    const root = spans.find({ name: 'RetrieverQueryEngine.query' });
    expect(root).toMatchObject({ status: 'unset', output: received });
    expect(root?.attributes['throughline.cancelled']).toBe(true);
  });

  it('records tools and their errors', async () => {
    const add = li.tools.FunctionTool.from(({ n }: { n: number }) => n + 1, {
      name: 'add',
      description: 'adds one',
      parameters: z.object({ n: z.number() }),
    } as never);
    expect(await add.call({ n: 4 } as never)).toBe(5);
    expect(spans.find({ kind: 'tool' })).toMatchObject({
      name: 'execute_tool add',
      attributes: { 'gen_ai.tool.name': 'add' },
      input: { n: 4 },
      output: 5,
    });
    await expect(new Shelf().retrieve({ query: 'fail' })).rejects.toThrow('no such retrieval');
    expect(spans.find({ kind: 'retriever' })).toMatchObject({ status: 'error', errorType: 'RangeError' });
  });

  it('separates parallel queries, and records nothing after shutdown', async () => {
    await Promise.all(['one', 'two'].map((query) => engine().query({ query })));
    for (const retrieval of spans.filter({ kind: 'retriever' })) {
      const root = spans.spans.find(({ spanId }) => spanId === retrieval.parentSpanId);
      expect(root?.input).toBe(retrieval.input);
    }
    await shutdown();
    spans.clear();
    await engine().query({ query: 'three' });
    expect(spans.spans).toEqual([]);
  });
});

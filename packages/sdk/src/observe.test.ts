import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import {
  InMemoryExporter,
  init,
  observe,
  retriever,
  shutdown,
  startSpan,
  tool,
  updateSpan,
  withContext,
} from './index.ts';

let spans: InMemoryExporter;
beforeEach(() => {
  spans = new InMemoryExporter();
  init({ exporter: spans });
});
afterEach(async () => {
  await shutdown();
});

describe('observe', () => {
  it('records arguments, result and the tree of calls', async () => {
    const search = retriever(async (query: string) => [{ id: 'd1', text: `about ${query}`, score: 0.5 }], {
      name: 'search',
    });
    const answer = observe(
      async function answer(question: string, options: { top: number }) {
        const found = await search(question);
        return `${found.length} of ${options.top}`;
      },
      { kind: 'chain' },
    );
    expect(await answer('cats', { top: 3 })).toBe('1 of 3');
    const [inner, outer] = spans.spans;
    expect(inner).toMatchObject({ name: 'search', kind: 'retriever', input: 'cats' });
    expect(inner?.output).toEqual([{ id: 'd1', content: 'about cats', score: 0.5 }]);
    expect(outer).toMatchObject({
      name: 'answer',
      kind: 'chain',
      input: ['cats', { top: 3 }],
      output: '1 of 3',
    });
    expect(inner?.parentSpanId).toBe(outer?.spanId);
    expect(inner?.traceId).toBe(outer?.traceId);
  });

  it('records an error and throws the same one', () => {
    const error = new RangeError('too much');
    const fail = observe(() => {
      throw error;
    });
    expect(fail).toThrow(error);
    expect(spans.spans[0]).toMatchObject({ status: 'error', errorType: 'RangeError' });
  });

  it('passes context values on to every span below', async () => {
    const leaf = tool((a: number) => a + 1, { name: 'leaf' });
    await withContext(
      { userId: 'u1', feature: 'search', tags: ['a'], metadata: { tier: 'gold' } },
      async () => {
        await null;
        leaf(1);
      },
    );
    expect(spans.spans[0]?.attributes).toMatchObject({
      'user.id': 'u1',
      'throughline.feature': 'search',
      'tag.tags': ['a'],
      metadata: '{"tier":"gold"}',
      'gen_ai.tool.call.arguments': '1',
      'gen_ai.tool.call.result': '2',
    });
  });

  it('lets the function say more about its span', () => {
    observe(() => updateSpan({ name: 'renamed', usage: { inputTokens: 7 }, input: 'shown' }))();
    expect(spans.spans[0]).toMatchObject({
      name: 'renamed',
      input: 'shown',
      attributes: { 'gen_ai.usage.input_tokens': 7 },
    });
  });

  it('does nothing before init and after shutdown', async () => {
    await shutdown();
    const double = observe((n: number) => n * 2);
    expect(double(2)).toBe(4);
    expect(startSpan('x').isRecording).toBe(false);
    expect(spans.spans).toEqual([]);
  });
});

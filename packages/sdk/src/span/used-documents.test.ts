import { context, trace } from '@opentelemetry/api';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { InMemoryExporter, init, markUsed, observe, retriever, shutdown, startSpan } from '../index.ts';

let spans: InMemoryExporter;
beforeEach(() => {
  spans = new InMemoryExporter();
  init({ exporter: spans });
});
afterEach(async () => {
  await shutdown();
});

function marksOf(name: string): unknown[] {
  return JSON.parse(String(spans.find({ name })?.attributes['throughline.documents.used']));
}

describe('markUsed', () => {
  it('refers to documents by span and position and by their id', async () => {
    const documents = [{ id: 'a' }, { id: 'b' }];
    const search = retriever(async (_: string) => documents, { name: 'search' });
    await observe(
      async () => {
        const found = await search('q');
        markUsed([found[1], 'elsewhere', { text: 'without a name' }]);
      },
      { name: 'answer' },
    )();
    expect(marksOf('answer')).toEqual([
      { spanId: spans.find({ name: 'search' })?.spanId, index: 1, id: 'b' },
      { id: 'elsewhere' },
    ]);
  });

  it('adds to existing marks without duplicates', () => {
    const answer = startSpan('answer');
    markUsed(['a', 'b'], answer);
    answer.run(() => markUsed(['b', { id: 'c' }]));
    markUsed(['d'], startSpan('another'));
    answer.end();
    expect(marksOf('answer')).toEqual([{ id: 'a' }, { id: 'b' }, { id: 'c' }]);
  });

  it('works on spans of other libraries', () => {
    const foreign = trace.getTracer('other').startSpan('foreign');
    for (const id of ['x', 'y']) context.with(trace.setSpan(context.active(), foreign), () => markUsed([id]));
    foreign.end();
    expect(marksOf('foreign')).toEqual([{ id: 'x' }, { id: 'y' }]);
  });

  it('keeps the first thousand marks of a span', () => {
    const span = startSpan('many');
    const ids = Array.from({ length: 1_500 }, (_, i) => String(i));
    for (const start of [0, 700, 1_400]) markUsed(ids.slice(start, start + 700), span);
    span.end();
    expect(marksOf('many')).toEqual(ids.slice(0, 1_000).map((id) => ({ id })));
  });
});

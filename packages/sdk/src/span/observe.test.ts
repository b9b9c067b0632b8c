import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, expectTypeOf, it } from 'vitest';
import {
  activeContext,
  embedding,
  InMemoryExporter,
  init,
  observe,
  reranker,
  retriever,
  shutdown,
  startSpan,
  startTrace,
  tool,
  updateSpan,
  withContext,
} from '../index.ts';

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

  it('sets context values on all descendant spans', async () => {
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

  it('lets the function update its own span', () => {
    observe(() => updateSpan({ name: 'renamed', usage: { inputTokens: 7 }, input: 'shown' }))();
    expect(spans.spans[0]).toMatchObject({
      name: 'renamed',
      input: 'shown',
      attributes: { 'gen_ai.usage.input_tokens': 7 },
    });
  });

  it('adds to the metadata and tags of its context without changing the context', () => {
    const inner = observe(() => updateSpan({ metadata: { own: 1 }, tags: ['b'], feature: 'inner' }), {
      name: 'inner',
    });
    withContext({ metadata: { tier: 'gold' }, tags: ['a'], feature: 'outer' }, () => {
      inner();
      startSpan('next').end();
      startTrace('separate', { userId: 'ann', input: 'x' }).run(() =>
        expect(activeContext()).toEqual({
          userId: 'ann',
          feature: 'outer',
          tags: ['a'],
          metadata: { tier: 'gold' },
        }),
      );
    });
    expect(
      spans.spans.map(({ attributes }) => [
        attributes.metadata,
        attributes['tag.tags'],
        attributes['throughline.feature'],
      ]),
    ).toEqual([
      ['{"tier":"gold","own":1}', ['a', 'b'], 'inner'],
      ['{"tier":"gold"}', ['a'], 'outer'],
    ]);
  });

  it('does nothing before init and after shutdown', async () => {
    await shutdown();
    const double = observe((n: number) => n * 2);
    expect(double(2)).toBe(4);
    expect(startSpan('x').isRecording).toBe(false);
    expect(spans.spans).toEqual([]);
  });

  it('preserves this, name, length, properties and new', () => {
    class Counter {
      #count = 0;
      static label = 'c';
      add = observe(function (this: Counter, by: number) {
        this.#count += by;
        return this.#count;
      });
    }
    const counter = new Counter();
    counter.add(2);
    expect(counter.add.call(counter, 3)).toBe(5);
    const fn = Object.assign(
      function fn(a: number, b = 1) {
        return a + b;
      },
      { extra: 7 },
    );
    const observed = observe(fn);
    expect([observed.name, observed.length, observed.extra]).toEqual(['fn', 1, 7]);
    const Observed = observe(Counter as never) as typeof Counter;
    expect(new Observed()).toBeInstanceOf(Counter);
    expect(Observed.label).toBe('c');
  });

  it('preserves overloads and generics in its type', () => {
    function parse(text: string): number;
    function parse(text: string, all: true): number[];
    function parse(text: string, all?: true): number | number[] {
      return all ? [...text].map(Number) : Number(text);
    }
    const observed = observe(parse);
    expectTypeOf(observed).toEqualTypeOf(parse);
    const one: number = observed('1');
    const many: number[] = observed('12', true);
    const identity = observe(<T>(value: T) => value, { kind: 'tool' });
    const text: string = identity('a');
    expect([one, many, text]).toEqual([1, [1, 2], 'a']);
    observe((question: string, top: number) => question.repeat(top), {
      input: (question, top) => {
        expectTypeOf(question).toEqualTypeOf<string>();
        expectTypeOf(top).toEqualTypeOf<number>();
        return question;
      },
    });
  });

  it('records what the input and output options return, and nothing if they are false', () => {
    const login = observe((user: string, _password: string) => ({ user, token: 't' }), {
      name: 'login',
      kind: 'tool',
      input: (user) => ({ user }),
      output: (result) => (result as { user: string }).user,
    });
    expect(login('ann', 'secret')).toEqual({ user: 'ann', token: 't' });
    observe((_: string) => 'secret', { name: 'quiet', kind: 'tool', input: false, output: false })('secret');
    expect(
      spans.spans.map(({ name, input, output, attributes }) => [
        name,
        input,
        output,
        attributes['gen_ai.tool.name'],
      ]),
    ).toEqual([
      ['login', { user: 'ann' }, 'ann', 'login'],
      ['quiet', undefined, undefined, 'quiet'],
    ]);
  });

  it('records a stream once it is consumed: its text, time to first token and child spans', async () => {
    const lookUp = tool((word: string) => word.length, { name: 'look up' });
    const stream = observe(
      async function* (words: string[]) {
        for (const word of words) {
          lookUp(word);
          yield `${word} `;
        }
      },
      { name: 'stream', kind: 'llm' },
    );
    const read: string[] = [];
    for await (const word of stream(['a', 'bc'])) read.push(word);
    const span = spans.find({ name: 'stream' });
    expect(span).toMatchObject({ output: 'a bc ', status: 'unset' });
    expect(span?.attributes['gen_ai.response.time_to_first_chunk']).toBeGreaterThan(0);
    expect(spans.filter({ name: 'look up' }).map(({ parentSpanId }) => parentSpanId)).toEqual([
      span?.spanId,
      span?.spanId,
    ]);
  });

  it('marks a stream that is left early as cancelled and records what was read', async () => {
    const count = observe(
      function* () {
        yield 1;
        yield 2;
        yield 3;
      },
      { name: 'count' },
    );
    for (const n of count()) if (n === 2) break;
    expect(spans.spans[0]).toMatchObject({
      output: [1, 2],
      status: 'unset',
      attributes: { 'throughline.cancelled': true },
    });
  });

  it('records nothing if the trace is not sampled', async () => {
    init({ exporter: spans, sampling: { rate: 0 } });
    const inner = observe(() => 'in');
    const outer = observe(async () => {
      await null;
      return inner();
    });
    expect(await outer()).toBe('in');
    expect(spans.spans).toEqual([]);
  });

  it('behaves like the unwrapped function for any argument and result', () =>
    fc.assert(
      fc.asyncProperty(
        fc.anything(),
        fc.anything(),
        fc.boolean(),
        fc.boolean(),
        async (argument, value, throws, isAsync) => {
          const bare = (given: unknown) => {
            if (given !== argument) throw new Error('another argument');
            if (throws) throw value;
            return value;
          };
          const fn = isAsync ? async (given: unknown) => bare(given) : bare;
          const settle = async (call: () => unknown) => {
            try {
              return ['result', await call()];
            } catch (error) {
              return ['error', error];
            }
          };
          const [how, what] = await settle(() => observe(fn)(argument));
          expect(how).toBe(throws ? 'error' : 'result');
          expect(Object.is(what, value)).toBe(true);
        },
      ),
    ));

  it('passes through values that throw on access: proxies and getters', async () => {
    const throwing = new Proxy(
      {},
      { get: () => fail(), has: () => fail(), getPrototypeOf: () => fail(), ownKeys: () => fail() },
    );
    const { proxy: revoked, revoke } = Proxy.revocable({}, {});
    revoke();
    const getter = Object.defineProperty({}, 'embedding', { get: fail, enumerable: true });
    const thenable = Object.defineProperty({}, 'then', { get: fail, enumerable: true });
    function fail(): never {
      throw new Error('do not look');
    }
    for (const value of [throwing, revoked, getter, thenable]) {
      for (const wrap of [observe, retriever, embedding, reranker, tool]) {
        const observed = wrap((given: unknown) => ({ boxed: given }).boxed, { name: 'opaque' });
        expect(Object.is(observed(value), value)).toBe(true);
      }
    }
    expect(spans.spans).toHaveLength(20);
    expect(spans.filter({ status: 'error' })).toEqual([]);
    const error = observe(() => {
      throw throwing;
    });
    let caught: unknown;
    try {
      error();
    } catch (thrown) {
      caught = thrown;
    }
    expect(Object.is(caught, throwing)).toBe(true);
  });

  it('records embeddings without vectors, and rerankers with input and output documents', () => {
    const vector = new Float32Array(3);
    embedding((_texts: string[]) => [vector, vector], { name: 'embed' })(['a', 'b']);
    reranker((_query: string, documents: { id: string; score: number }[]) => documents.slice(1), {
      name: 'rerank',
    })('q', [
      { id: '1', score: 0.1 },
      { id: '2', score: 0.9 },
    ]);
    const [embed, rerank] = spans.spans;
    expect(embed?.attributes).toEqual({
      'gen_ai.operation.name': 'embeddings',
      'gen_ai.input.messages':
        '[{"role":"user","parts":[{"type":"text","content":"a"},{"type":"text","content":"b"}]}]',
      'gen_ai.embeddings.dimension.count': 3,
    });
    expect(rerank).toMatchObject({ kind: 'reranker', output: [{ id: '2', score: 0.9 }] });
    expect(JSON.parse(String(rerank?.attributes['throughline.reranker.input_documents']))).toHaveLength(2);
  });
});

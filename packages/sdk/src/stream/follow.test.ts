import { PassThrough, Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { ROOT_CONTEXT } from '@opentelemetry/api';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { follow } from './follow.ts';
import { onceHooks } from './hooks.ts';

/** Records all hook calls in order. */
function listener() {
  const calls: unknown[] = [];
  const hooks = onceHooks({
    context: ROOT_CONTEXT,
    chunk: (value) => calls.push(['chunk', value]),
    done: (value) => calls.push(['done', value]),
    failed: (error) => calls.push(['failed', (error as Error).message]),
    cancelled: () => calls.push(['cancelled']),
  });
  return { calls, hooks };
}

/** Behaviour of a source (items, then an end or an error) and of its consumer. */
const script = fc.record({
  items: fc.array(fc.integer({ min: 0, max: 9 }), { maxLength: 6 }),
  fails: fc.boolean(),
  /** Number of items that the consumer reads before it stops. If there are fewer, it reads to the end. */
  take: fc.integer({ min: 0, max: 8 }),
});
type Script = typeof script extends fc.Arbitrary<infer T> ? T : never;

function* generate({ items, fails }: Script): Generator<number, string> {
  yield* items;
  if (fails) throw new Error('broken');
  return 'end';
}

async function* generateAsync({ items, fails }: Script): AsyncGenerator<number, string> {
  for (const item of items) {
    await null;
    yield item;
  }
  if (fails) throw new Error('broken');
  return 'end';
}

/** Reads up to `take` items and returns what the consumer sees. */
async function consume(source: Iterable<number> | AsyncIterable<number>, take: number): Promise<unknown[]> {
  const seen: unknown[] = [];
  try {
    let left = take;
    for await (const item of source as AsyncIterable<number>) {
      if (left-- === 0) break;
      seen.push(item);
    }
  } catch (error) {
    seen.push((error as Error).message);
  }
  return seen;
}

function expectedEnd({ items, fails, take }: Script, ending: 'end' | 'none' = 'end'): unknown {
  if (take < items.length) return ['cancelled'];
  return fails ? ['failed', 'broken'] : ['done', ending === 'end' ? 'end' : undefined];
}

describe('follow', () => {
  it('returns a synchronous generator with unchanged behaviour', () =>
    fc.assert(
      fc.asyncProperty(script, async (given) => {
        const { calls, hooks } = listener();
        const source = generate(given);
        expect(follow(source, hooks)).toBe(source);
        const seen: unknown[] = [];
        try {
          let left = given.take;
          for (const item of source) {
            if (left-- === 0) break;
            seen.push(item);
          }
        } catch (error) {
          seen.push((error as Error).message);
        }
        expect(seen).toEqual(await consume(generate(given), given.take));
        expect(calls.at(-1)).toEqual(expectedEnd(given));
      }),
    ));

  it('returns an asynchronous generator with unchanged behaviour', () =>
    fc.assert(
      fc.asyncProperty(script, async (given) => {
        const { calls, hooks } = listener();
        const source = generateAsync(given);
        expect(follow(source, hooks)).toBe(source);
        expect(await consume(source, given.take)).toEqual(await consume(generateAsync(given), given.take));
        expect(calls.at(-1)).toEqual(expectedEnd(given));
        const read = given.take < given.items.length ? given.take + 1 : given.items.length;
        expect(calls.slice(0, -1)).toEqual(given.items.slice(0, read).map((item) => ['chunk', item]));
      }),
    ));

  it('returns an asynchronous iterable of another class with unchanged behaviour', () =>
    fc.assert(
      fc.asyncProperty(script, async (given) => {
        class Stream {
          readonly #given = given;
          [Symbol.asyncIterator]() {
            return generateAsync(this.#given);
          }
        }
        const { calls, hooks } = listener();
        const source = new Stream();
        expect(follow(source, hooks)).toBe(source);
        expect(await consume(source, given.take)).toEqual(await consume(generateAsync(given), given.take));
        expect(calls.at(-1)).toEqual(expectedEnd(given));
      }),
    ));

  it('returns a web stream with unchanged behaviour and back-pressure, however it is read', () =>
    fc.assert(
      fc.asyncProperty(
        script,
        fc.constantFrom('reader', 'iterator', 'response', 'tee'),
        async (given, way) => {
          const { calls, hooks } = listener();
          const [bare, barePulls] = webStream(given);
          const [source, pulls] = webStream(given);
          expect(follow(source, hooks)).toBe(source);
          expect(await readWeb(source, way, given.take)).toEqual(await readWeb(bare, way, given.take));
          expect(pulls()).toBe(barePulls());
          const isWhole = way === 'response' || way === 'tee';
          expect(calls.at(-1)).toEqual(expectedEnd(isWhole ? { ...given, take: 99 } : given, 'none'));
        },
      ),
    ));

  it('returns a Node stream with unchanged behaviour, however it is read', () =>
    fc.assert(
      fc.asyncProperty(script, fc.constantFrom('iterator', 'events', 'pipe'), async (given, way) => {
        const { calls, hooks } = listener();
        const source = Readable.from(generateAsync(given));
        expect(follow(source, hooks)).toBe(source);
        const bare = Readable.from(generateAsync(given));
        expect(await readNode(source, way, given.take)).toEqual(await readNode(bare, way, given.take));
        await new Promise((resolve) => (source.closed ? resolve(null) : source.once('close', resolve)));
        // A Node stream reads ahead, so it may fail even if its consumer stops before the error.
        const hasEnough = way === 'iterator' && !calls.some((each) => (each as string[])[0] === 'failed');
        expect(calls.at(-1)).toEqual(expectedEnd(hasEnough ? given : { ...given, take: 99 }, 'none'));
      }),
    ));

  it('does not start the flow of a Node stream', async () => {
    const { calls, hooks } = listener();
    const source = follow(Readable.from(['a', 'b']), hooks);
    await new Promise((resolve) => setImmediate(resolve));
    expect(source.readableFlowing).toBe(null);
    expect(calls).toEqual([]);
  });

  it('returns a promise that settles the same way, and follows its value', async () => {
    const { calls, hooks } = listener();
    const source = generateAsync({ items: [1], fails: false, take: 9 });
    const followed = await follow(Promise.resolve(source), hooks);
    expect(followed).toBe(source);
    expect(calls).toEqual([]);
    expect(await consume(followed, 9)).toEqual([1]);
    expect(calls).toEqual([
      ['chunk', 1],
      ['done', 'end'],
    ]);
  });

  it('does not hide an unhandled rejection', async () => {
    const { calls, hooks } = listener();
    const unhandled = new Promise<unknown>((resolve) =>
      process.prependOnceListener('unhandledRejection', resolve),
    );
    const others = process.listeners('unhandledRejection').slice(1);
    for (const other of others) process.off('unhandledRejection', other);
    void follow(Promise.reject(new Error('lost')), hooks);
    expect(await unhandled).toMatchObject({ message: 'lost' });
    for (const other of others) process.on('unhandledRejection', other);
    expect(calls).toEqual([['failed', 'lost']]);
  });

  it('preserves promises of other classes, and does not start lazy thenables', async () => {
    class ApiPromise<T> extends Promise<T> {
      readonly #secret = 'kept';
      secret() {
        return this.#secret;
      }
    }
    const first = listener();
    const promise = new ApiPromise<number>((resolve) => resolve(5));
    const followed = follow(promise, first.hooks);
    expect(followed).toBe(promise);
    expect(followed.secret()).toBe('kept');
    expect(await followed).toBe(5);
    expect(first.calls).toEqual([['done', 5]]);

    const second = listener();
    let runs = 0;
    const query = {
      // biome-ignore lint/suspicious/noThenProperty: query builders are thenables.
      then(resolve: (value: string) => unknown) {
        runs++;
        return Promise.resolve('rows').then(resolve);
      },
    };
    const lazy = follow(query, second.hooks);
    expect(lazy).toBe(query);
    expect(runs).toBe(0);
    expect(await lazy).toBe('rows');
    expect(runs).toBe(1);
    expect(second.calls).toEqual([['done', 'rows']]);
  });

  it('accepts frozen objects', () => {
    const { calls, hooks } = listener();
    const frozen = Object.freeze({ a: 1 });
    expect(follow(frozen, hooks)).toBe(frozen);
    expect(calls).toEqual([['done', frozen]]);
  });

  it('reports an abort of a pipe as cancelled', async () => {
    const { calls, hooks } = listener();
    const source = follow(Readable.from(generateAsync({ items: [1, 2, 3], fails: false, take: 0 })), hooks);
    const stop = new AbortController();
    const target = new PassThrough({ objectMode: true, highWaterMark: 1 });
    const piping = pipeline(source, target, { signal: stop.signal }).catch((error: Error) => error.name);
    stop.abort();
    expect(await piping).toBe('AbortError');
    if (!source.closed) await new Promise((resolve) => source.once('close', resolve));
    expect(calls.at(-1)).toEqual(['cancelled']);
  });
});

/** Creates a pull-based stream and a function that returns the number of pulls. */
function webStream({ items, fails }: Script): [ReadableStream<Uint8Array>, () => number] {
  let pulls = 0;
  const stream = new ReadableStream<Uint8Array>(
    {
      pull(controller) {
        const item = items[pulls++];
        if (item !== undefined) controller.enqueue(Uint8Array.of(item));
        else if (fails) controller.error(new Error('broken'));
        else controller.close();
      },
    },
    { highWaterMark: 0 },
  );
  return [stream, () => pulls];
}

async function readWeb(stream: ReadableStream<Uint8Array>, way: string, take: number): Promise<unknown[]> {
  const seen: unknown[] = [];
  try {
    if (way === 'response') return [...new Uint8Array(await new Response(stream).arrayBuffer())];
    if (way === 'iterator') {
      let left = take;
      for await (const chunk of stream) {
        if (left-- === 0) break;
        seen.push(...chunk);
      }
      return seen;
    }
    if (way === 'tee') {
      const [a, b] = stream.tee();
      const [first, second] = await Promise.all([readWeb(a, 'reader', 99), readWeb(b, 'reader', 99)]);
      expect(first).toEqual(second);
      return first;
    }
    const reader = stream.getReader();
    for (let left = take; ; left--) {
      const { done, value } = await reader.read();
      if (done) return seen;
      if (left === 0) {
        await reader.cancel('enough');
        return seen;
      }
      seen.push(...value);
    }
  } catch (error) {
    return [...seen, (error as Error).message];
  }
}

async function readNode(stream: Readable, way: string, take: number): Promise<unknown[]> {
  if (way === 'iterator') return consume(stream, take);
  const seen: unknown[] = [];
  const target = way === 'pipe' ? stream.pipe(new PassThrough({ objectMode: true })) : stream;
  target.on('data', (item) => seen.push(item));
  await new Promise<void>((resolve) => {
    target.on('end', resolve);
    stream.on('error', (error) => {
      seen.push(error.message);
      resolve();
    });
  });
  return seen;
}

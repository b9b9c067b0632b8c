import { expect, it } from 'vitest';
import { type AwaitSpansParts, awaitSpans } from './await-spans.ts';

const place = (spanId: string) => ({ project: 'shop', traceId: `trace of ${spanId}` });
const ids = Array.from({ length: 500 }, (_, index) => `span-${index}`);
const connected = new AbortController().signal;

/** Records the lookups in the store, which has the spans in `stored`. */
function recorder(
  stored: readonly string[],
  recent: AwaitSpansParts['recent']['findBySpanId'] = () => undefined,
) {
  const lookups: (readonly string[])[] = [];
  const parts = {
    recent: { findBySpanId: recent },
    findStored: async (spanIds: readonly string[]) => {
      lookups.push(spanIds);
      return spanIds.filter((id) => stored.includes(id)).map((spanId) => ({ spanId, ...place(spanId) }));
    },
  };
  return { parts, lookups };
}

it('looks in the store once, for the spans that are not in memory', async () => {
  const { parts, lookups } = recorder(ids, (id) => (id === 'span-0' ? place(id) : undefined));
  const found = await awaitSpans([...ids, ...ids], { ...parts, signal: connected });
  expect(found.size).toBe(500);
  expect(found.get('span-7')).toEqual(place('span-7'));
  expect(lookups).toEqual([ids.slice(1)]);
});

it('takes spans that arrive while it waits, and leaves out the others', async () => {
  let asked = 0;
  const { parts, lookups } = recorder(['span-1'], (id) =>
    id === 'span-2' && ++asked > 2 ? place(id) : undefined,
  );
  const found = await awaitSpans(['span-1', 'span-2'], { ...parts, signal: connected });
  expect([...found]).toEqual([
    ['span-1', place('span-1')],
    ['span-2', place('span-2')],
  ]);
  expect(await awaitSpans(['span-3'], { ...parts, signal: connected, maxWaitMs: 0 })).toEqual(new Map());
  expect(lookups).toHaveLength(2);
});

it('stops waiting if the signal is aborted', async () => {
  const controller = new AbortController();
  let asked = 0;
  const { parts } = recorder([], () => {
    if (++asked === 2) controller.abort();
    return undefined;
  });
  const waiting = awaitSpans(['span-1'], { ...parts, signal: controller.signal, maxWaitMs: 3_600_000 });
  await expect(waiting).rejects.toThrow(/aborted/);
});

it('does not wait for a lookup that has not begun once the signal is aborted', async () => {
  const controller = new AbortController();
  const findStored = () => {
    controller.abort();
    return new Promise<never>(() => {});
  };
  const recent = { findBySpanId: () => undefined };
  const waiting = awaitSpans(['span-1'], { recent, findStored, signal: controller.signal });
  await expect(waiting).rejects.toThrow(/aborted/);
});

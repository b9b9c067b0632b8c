import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { Receiver } from '../../test-support/receiver.ts';
import { flush, init, shutdown, startTrace, stats } from '../index.ts';

/*
 * Edge runtimes have `fetch` and `CompressionStream` but no Node modules. Removing `getBuiltinModule` makes the SDK
 * behave as if it ran there; the rest of this process still uses Node.
 */
const { getBuiltinModule } = process;
let receiver: Receiver;
beforeEach(async () => {
  receiver = await new Receiver().start();
  (process as { getBuiltinModule: unknown }).getBuiltinModule = undefined;
});
afterEach(async () => {
  await shutdown(0);
  process.getBuiltinModule = getBuiltinModule;
  await receiver.stop();
});

function record(count: number): void {
  for (let i = 0; i < count; i++) startTrace(`step ${i}`).end();
}

describe('without Node modules', () => {
  it('delivers gzipped spans with fetch', async () => {
    init({ endpoint: receiver.url, delivery: { delayMs: 5 } });
    record(100);
    expect(await flush()).toBe(true);
    expect(receiver.spans).toHaveLength(100);
    expect(receiver.requests[0]?.headers['content-encoding']).toBe('gzip');
  });

  it('retries after a failed request and after a timeout', async () => {
    receiver.answer = (_, index) => [{ cuts: true }, { hangs: true }, { status: 429 }][index] ?? {};
    init({ endpoint: receiver.url, delivery: { delayMs: 5, requestTimeoutMs: 50 } });
    record(2);
    await receiver.until(() => receiver.spans.length === 2);
    expect(receiver.requests).toHaveLength(4);
  });

  it('does not read long response bodies and does not follow redirects', async () => {
    receiver.answer = (_, index) =>
      index === 0 ? { body: Buffer.alloc(3_000_000) } : { status: 302, headers: { location: receiver.url } };
    init({ endpoint: receiver.url, delivery: { delayMs: 5 } });
    record(1);
    expect(await flush(2_000)).toBe(true);
    record(1);
    expect(await flush(2_000)).toBe(true);
    expect(receiver.requests).toHaveLength(2);
    expect(stats()).toMatchObject({ sent: 1, dropped: { refused: 1 } });
  });

  it('wraps fetch until shutdown, so that outgoing requests continue the trace', async () => {
    const bare = globalThis.fetch;
    init({ endpoint: receiver.url, delivery: { delayMs: 5 } });
    const root = startTrace('root');
    await root.run(() => fetch(`${receiver.url}/a`, { headers: { 'x-own': 'yes' } }));
    await root.run(() => fetch(new Request(`${receiver.url}/b`, { method: 'POST', body: 'text' })));
    const given = `00-${'1'.repeat(32)}-${'2'.repeat(16)}-01`;
    await root.run(() => fetch(`${receiver.url}/c`, { headers: { traceparent: given } }));
    await fetch(`${receiver.url}/d`);
    root.end();
    expect(await flush()).toBe(true);
    const own = `00-${root.traceId}-${root.spanId}-01`;
    expect(receiver.requests.map(({ path, headers }) => [path, headers.traceparent])).toEqual([
      ['/a', own],
      ['/b', own],
      ['/c', given],
      ['/d', undefined],
      ['/v1/traces', undefined],
    ]);
    expect(receiver.requests[0]?.headers['x-own']).toBe('yes');
    expect(receiver.requests[1]?.body.toString()).toBe('text');
    await shutdown();
    expect(globalThis.fetch).toBe(bare);
  });

  it('shuts down within its timeout if the server never responds', async () => {
    receiver.answer = () => ({ hangs: true });
    // If it waited for the response, this test would exceed its time limit.
    init({ endpoint: receiver.url, delivery: { delayMs: 5, requestTimeoutMs: 3_600_000 } });
    record(1);
    expect(await shutdown(100)).toBe(false);
  });
});

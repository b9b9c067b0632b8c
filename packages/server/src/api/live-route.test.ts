import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readServerSentEvents } from '../cli/server-sent-events.ts';
import { rawSpan } from '../query/testing/raw-span.ts';
import { startTestServer, type TestServer } from '../query/testing/test-server.ts';
import { liveEvent } from './schemas.ts';

let server: TestServer;
beforeAll(async () => {
  server = await startTestServer();
});
afterAll(() => server.close());

async function listen(project: string) {
  const controller = new AbortController();
  const response = await fetch(`${server.url}/api/v1/live?project=${project}`, { signal: controller.signal });
  expect(response.headers.get('content-type')).toBe('text/event-stream; charset=utf-8');
  expect(response.headers.get('content-encoding')).toBeNull();
  const events = readServerSentEvents(response);
  return {
    next: async () => {
      const { value } = await events.next();
      expect(value?.event).toBe('spans');
      return liveEvent.parse(JSON.parse(value?.data ?? ''));
    },
    stop: () => controller.abort(),
  };
}

describe('the live tail', () => {
  it('tells each listener of the spans of its project, when they are readable', async () => {
    const [mine, yours] = [await listen('mine'), await listen('yours')];
    await server.send('mine', [
      rawSpan({ name: 'first' }),
      rawSpan({ name: 'second', spanId: 'c'.repeat(16) }),
    ]);
    await server.send('yours', [rawSpan({ name: 'other' })]);
    const event = await mine.next();
    expect(event.spans.map((span) => span.name).sort()).toEqual(['first', 'second']);
    expect(event).toMatchObject({ more: 0, spans: [{ traceId: 'a'.repeat(32), userId: null }, {}] });
    expect((await yours.next()).spans.map((span) => span.name)).toEqual(['other']);
    mine.stop();
    yours.stop();
  });

  it('tells of at most 500 spans at once, and how many more there are', async () => {
    const listener = await listen('many');
    const spans = Array.from({ length: 730 }, (_, index) =>
      rawSpan({
        spanId: String(index + 1).padStart(16, '0'),
        startTimeUnixNano: 1_795_000_000_000_000_000n + BigInt(index),
      }),
    );
    await server.send('many', spans);
    const event = await listener.next();
    expect(event.spans).toHaveLength(500);
    expect(event.more).toBe(230);
    // The newest, in the order they happened.
    expect(event.spans.at(-1)?.spanId).toBe(String(730).padStart(16, '0'));
    listener.stop();
  });

  it('does not keep the server from stopping', async () => {
    const other = await listen('open');
    const began = performance.now();
    await server.close();
    expect(performance.now() - began).toBeLessThan(20_000);
    await expect(other.next()).rejects.toThrow();
    server = await startTestServer();
  });
});

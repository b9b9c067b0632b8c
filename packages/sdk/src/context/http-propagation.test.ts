import { createServer, request as httpRequest, type IncomingHttpHeaders, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type InitOptions, InMemoryExporter, init, observe, shutdown, withContext } from '../index.ts';

let spans: InMemoryExporter;
let server: Server;
let url: string;
const seen: IncomingHttpHeaders[] = [];

/** Returns its result in a span after an await, as real request handlers do. */
const answer = observe(
  async () => {
    await new Promise((resolve) => setImmediate(resolve));
    return 'ok';
  },
  { name: 'answer' },
);

beforeEach(async () => {
  seen.length = 0;
  server = createServer((request, response) => {
    seen.push(request.headers);
    void answer().then((text) => response.end(text));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
});
afterEach(async () => {
  await shutdown();
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
});
function start(options: InitOptions = {}) {
  spans = new InMemoryExporter();
  init({ exporter: spans, ...options });
}

const byFetch = async () => void (await (await fetch(url)).text());
const byRequest = () =>
  new Promise<void>((resolve) => {
    httpRequest(url, (response) => response.resume().on('end', resolve)).end();
  });

describe('trace context over HTTP', () => {
  it.each([
    ['fetch', byFetch],
    ['http.request', byRequest],
  ])('continues in the server that receives a request of %s', async (_, send) => {
    start();
    await observe(send, { name: 'ask' })();
    const [sent, received] = [spans.find({ name: 'ask' }), spans.find({ name: 'answer' })];
    expect(seen[0]?.traceparent).toBe(`00-${sent?.traceId}-${sent?.spanId}-01`);
    expect(received?.traceId).toBe(sent?.traceId);
    expect(received?.parentSpanId).toBe(sent?.spanId);
    expect(spans.spans).toHaveLength(2);
  });

  it('is separate for each request of a connection, and starts a new trace without headers', async () => {
    start();
    const ask = observe(byFetch, { name: 'ask' });
    await Promise.all([ask(), ask(), byFetch()]);
    await byFetch();
    const roots = spans.filter({ name: 'answer' }).filter(({ parentSpanId }) => parentSpanId === undefined);
    expect(roots).toHaveLength(2);
    expect(new Set(spans.filter({ name: 'answer' }).map(({ traceId }) => traceId)).size).toBe(4);
  });

  it('does not overwrite an existing traceparent header', async () => {
    start();
    const traceparent = '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01';
    await observe(async () => void (await (await fetch(url, { headers: { traceparent } })).text()), {
      name: 'ask',
    })();
    expect(seen[0]?.traceparent).toBe(traceparent);
  });

  it('sends user and session only with propagateContext', async () => {
    start();
    await withContext({ userId: 'ann' }, () => observe(byFetch, { name: 'ask' })());
    expect(seen[0]?.baggage).toBeUndefined();
    start({ propagateContext: true });
    await withContext({ userId: 'ann' }, () => observe(byFetch, { name: 'ask' })());
    expect(seen[1]?.baggage).toBe('throughline.userId=ann');
    expect(spans.find({ name: 'answer' })?.attributes['user.id']).toBe('ann');
  });

  it('stops after shutdown', async () => {
    start();
    await shutdown();
    await byFetch();
    expect(seen[0]?.traceparent).toBeUndefined();
  });
});

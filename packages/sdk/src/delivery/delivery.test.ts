import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { Receiver } from '../../test-support/receiver.ts';
import {
  agent,
  type DeliveryOptions,
  flush,
  type InitOptions,
  init,
  score,
  shutdown,
  startSpan,
  startTrace,
  stats,
  withContext,
} from '../index.ts';

let receiver: Receiver;
beforeEach(async () => {
  receiver = await new Receiver().start();
});
afterEach(async () => {
  await shutdown(0);
  await receiver.stop();
  vi.restoreAllMocks();
});

const HOUR_MS = 3_600_000;
const delivery: DeliveryOptions = { delayMs: 10, maxBatchSpans: 50 };
function start(options: InitOptions = {}): void {
  init({ endpoint: receiver.url, delivery, ...options });
}
function record(count: number, name = 'step'): void {
  for (let i = 0; i < count; i++) startTrace(`${name} ${i}`).end();
}
const names = () => receiver.spans.map(({ name }) => name).sort();
const recorded = (count: number) => Array.from({ length: count }, (_, i) => `step ${i}`).sort();

describe('delivery', () => {
  it('sends every span once, as gzipped protobuf, with project and headers', async () => {
    start({ project: 'shop', headers: { 'X-Own': 'yes' } });
    record(333);
    expect(await flush()).toBe(true);
    expect(names()).toEqual(recorded(333));
    expect(receiver.requests.length).toBe(7);
    expect(receiver.requests[0]?.headers).toMatchObject({
      'content-type': 'application/x-protobuf',
      'content-encoding': 'gzip',
      'x-throughline-project': 'shop',
      'x-own': 'yes',
    });
    expect(stats()).toMatchObject({ sent: 333, waiting: 0, waitingBytes: 0, requests: 7, retries: 0 });
  });

  it('sends after the delay without a flush', async () => {
    start();
    record(3);
    await receiver.until(() => receiver.spans.length === 3);
    expect(names()).toEqual(recorded(3));
  });

  it('retries after 503, as late as Retry-After requires', async () => {
    receiver.answer = (_, index) => (index === 0 ? { status: 503, headers: { 'retry-after': '1' } } : {});
    start();
    record(2);
    await receiver.until(() => receiver.spans.length === 2);
    const [first, second] = receiver.requests;
    expect((second?.atMs ?? 0) - (first?.atMs ?? 0)).toBeGreaterThan(950);
    expect(await flush()).toBe(true);
    expect(stats()).toMatchObject({ sent: 2, retries: 1, lastError: 'HTTP 503' });
  });

  it('loses nothing if the server is down for a while', async () => {
    const { port } = receiver;
    await receiver.stop();
    start();
    record(120);
    expect(await flush(50)).toBe(false);
    expect(stats()).toMatchObject({ sent: 0, waiting: 120 });
    receiver = await new Receiver().start(port);
    expect(await flush()).toBe(true);
    expect(names()).toEqual(recorded(120));
  });

  it('retries if connections are closed', async () => {
    receiver.answer = (_, index) => (index < 2 ? { cuts: true } : {});
    start();
    record(3);
    await receiver.until(() => receiver.spans.length === 3);
    expect(names()).toEqual(recorded(3));
  });

  it('drops and counts spans of refused requests, then continues', async () => {
    vi.spyOn(console, 'warn').mockImplementation(() => {});
    receiver.answer = (_, index) => (index === 0 ? { status: 400 } : {});
    start();
    record(2);
    await flush();
    record(3);
    await flush();
    expect(stats()).toMatchObject({ sent: 3, dropped: { refused: 2 }, lastError: 'HTTP 400' });
  });

  const garbage: [string, object][] = [
    ['a web page', { headers: { 'content-type': 'text/html' }, body: '<html>' }],
    ['random bytes', { body: Buffer.from([0xff, 0xff, 0xff, 0x01, 0x02]) }],
    ['a huge body', { body: Buffer.alloc(5_000_000, 1) }],
    ['a redirect', { status: 302, headers: { location: 'http://127.0.0.1:1/' } }],
  ];
  it.each(garbage)('tolerates %s as response', async (_, answer) => {
    vi.spyOn(console, 'warn').mockImplementation(() => {});
    receiver.answer = () => answer;
    start();
    record(2);
    expect(await flush(2_000)).toBe(true);
    expect(stats()?.waiting).toBe(0);
  });

  it('counts spans that the server rejects from an accepted request', async () => {
    // partial_success = 1 { rejected_spans = 1: 2 }
    receiver.answer = () => ({ body: Buffer.from([0x0a, 0x02, 0x08, 0x02]) });
    start();
    record(5);
    await flush();
    expect(stats()).toMatchObject({ sent: 3, dropped: { rejected: 2 } });
  });

  it('drops and counts the oldest spans above maxQueueSpans', async () => {
    receiver.answer = () => ({ status: 503 });
    start({ delivery: { ...delivery, maxQueueSpans: 500 } });
    for (let turn = 0; turn < 20; turn++) {
      record(200, `turn ${turn}`);
      await new Promise((resolve) => setImmediate(resolve));
    }
    expect(stats()?.waiting).toBeLessThanOrEqual(500);
    receiver.answer = () => ({});
    expect(await flush()).toBe(true);
    const { sent = 0, dropped } = stats() ?? {};
    expect(sent + (dropped?.queueFull ?? 0)).toBe(4_000);
    expect(names()).toContain('turn 19 199');
    expect(names()).not.toContain('turn 0 60');
  });

  it('never queues more than maxQueueBytes', async () => {
    receiver.answer = () => ({ status: 503 });
    const maxQueueBytes = 200_000;
    start({ delivery: { ...delivery, maxQueueBytes, gzip: false } });
    for (let i = 0; i < 300; i++) {
      startTrace('large', { input: String(i).repeat(3_000) }).end();
      if (i % 20 === 0) await new Promise((resolve) => setImmediate(resolve));
      expect(stats()?.waitingBytes).toBeLessThanOrEqual(maxQueueBytes);
    }
    expect(stats()?.dropped.queueFull).toBeGreaterThan(200);
  });

  it('flush and shutdown respect their timeout if the server never responds', async () => {
    receiver.answer = () => ({ hangs: true });
    // If they waited for the response, this test would exceed its time limit.
    start({ delivery: { ...delivery, requestTimeoutMs: HOUR_MS, exitTimeoutMs: HOUR_MS } });
    record(2);
    expect(await flush(100)).toBe(false);
    expect(await shutdown(100)).toBe(false);
  });

  it('flush without an argument waits for exitTimeoutMs and keeps unsent spans queued', async () => {
    receiver.answer = () => ({ hangs: true });
    start({ delivery: { ...delivery, exitTimeoutMs: 80, requestTimeoutMs: 2_000 } });
    record(2);
    expect(await flush()).toBe(false);
    expect(stats()).toMatchObject({ waiting: 2, dropped: { shutdown: 0, queueFull: 0 } });
    receiver.answer = () => ({});
    await receiver.until(() => receiver.spans.length === 2);
  });

  it('retries after requestTimeoutMs', async () => {
    receiver.answer = (_, index) => (index === 0 ? { hangs: true } : {});
    start({ delivery: { ...delivery, requestTimeoutMs: 60 } });
    record(1);
    await receiver.until(() => receiver.spans.length === 1);
    expect(receiver.requests.length).toBe(2);
  });

  it('ignores spans after shutdown', async () => {
    start();
    const open = startSpan('open');
    await shutdown();
    open.update({ output: 'late' }).end();
    record(1);
    expect(stats()).toBeUndefined();
    expect(receiver.spans).toEqual([]);
  });

  it('sends a long span while it runs and again with the same ids when it ends', async () => {
    start({ running: { afterMs: 20 } });
    const work = agent(async function work() {
      const model = startSpan('chat', { kind: 'llm' });
      await receiver.until(() => receiver.spans.some(({ name }) => name === 'work'));
      model.end();
      return 'done';
    });
    await work();
    await flush();
    const [running, ...rest] = receiver.spans;
    const ended = rest.find(({ name }) => name === 'work');
    expect(running).toMatchObject({ name: 'work', endTimeUnixNano: 0n });
    expect(ended?.spanId).toBe(running?.spanId);
    expect(ended?.endTimeUnixNano).toBeGreaterThan(0n);
    expect(names()).toEqual(['chat', 'work', 'work']);
    expect(stats()?.sent).toBe(2);
  });

  it('reports unsampled traces and spans by feature as OTLP metrics', async () => {
    start({ sampling: { rate: 0 } });
    for (let i = 0; i < 3; i++)
      withContext({ feature: 'search' }, () => startTrace('a').startSpan('b').end());
    startTrace('c').end();
    await flush();
    const [request] = receiver.requests;
    expect(request?.path).toBe('/v1/metrics');
    const [resource] = JSON.parse(request?.body.toString() ?? '').resourceMetrics;
    const metrics = resource.scopeMetrics[0].metrics;
    expect(metrics.map(({ name }: { name: string }) => name)).toEqual([
      'throughline.sdk.unsampled.traces',
      'throughline.sdk.unsampled.spans',
    ]);
    const points = metrics.map(
      ({ sum }: { sum: { dataPoints: { attributes: unknown[]; asInt: string }[] } }) =>
        sum.dataPoints.map(({ attributes, asInt }) => [attributes.length, asInt]),
    );
    expect(points).toEqual([
      [
        [1, '3'],
        [0, '1'],
      ],
      [
        [1, '6'],
        [0, '1'],
      ],
    ]);
  });

  it('sends scores of spans, traces and sessions, and retries until they are accepted', async () => {
    receiver.answer = ({ path }, index) =>
      path.endsWith('scores') && index === 0 ? { status: 503, headers: { 'retry-after': '0' } } : {};
    start();
    const root = startTrace('root');
    root.run(() => {
      score('trace', 'helpful', true, { comment: 'yes', source: 'human' });
      score('span', 'relevance', 0.8);
    });
    score({ sessionId: 's1' }, 'tone', 'friendly', { id: 'k' });
    score(root, 'broken', Number.NaN);
    score('trace', 'nobody', 1);
    root.end();
    await receiver.until(
      () => receiver.requests.filter(({ path }) => path === '/api/v1/scores').length === 2,
    );
    const { traceId, spanId } = root;
    const body = receiver.requests.findLast(({ path }) => path === '/api/v1/scores')?.body.toString() ?? '';
    expect(JSON.parse(body)).toMatchObject([
      { traceId, name: 'helpful', value: true, comment: 'yes', source: 'human' },
      { traceId, spanId, name: 'relevance', value: 0.8, source: 'code' },
      { sessionId: 's1', name: 'tone', value: 'friendly', id: 'k' },
    ]);
    await flush();
    expect(receiver.spans.map(({ name }) => name)).toEqual(['root']);
  });
});

import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { extract, InMemoryExporter, init, inject, observe, shutdown, withContext } from '../index.ts';

let spans: InMemoryExporter;
beforeEach(() => {
  spans = new InMemoryExporter();
  init({ exporter: spans });
});
afterEach(async () => {
  await shutdown();
});

const values = {
  userId: 'ann',
  sessionId: 's 1,=é',
  feature: 'search',
  environment: 'prod',
  tags: ['a', 'b'],
  metadata: { tier: 'gold' },
};
const handle = observe((job: unknown) => job, { name: 'handle', kind: 'chain' });

/** Runs `send` in a producer span, then `receive`, and checks that the consumer's span continues the trace. */
function roundTrip<C>(send: () => C, receive: (carrier: C) => unknown) {
  const produce = observe(() => withContext(values, send), { name: 'produce' });
  receive(produce());
  const [produced, handled] = [spans.find({ name: 'produce' }), spans.find({ name: 'handle' })];
  expect(handled?.traceId).toBe(produced?.traceId);
  expect(handled?.parentSpanId).toBe(produced?.spanId);
  expect(handled?.attributes).toMatchObject({
    'user.id': 'ann',
    'session.id': 's 1,=é',
    'throughline.feature': 'search',
    'deployment.environment.name': 'prod',
    'tag.tags': ['a', 'b'],
    metadata: '{"tier":"gold"}',
  });
}

describe('a trace continues', () => {
  it('through a BullMQ job, which is JSON', () =>
    roundTrip(
      () => JSON.stringify({ question: 'why', trace: inject() }),
      (text) => {
        const job = { data: JSON.parse(text) };
        extract(job.data.trace, () => handle(job.data));
      },
    ));

  it('through Kafka headers, which arrive as bytes', () =>
    roundTrip(
      () => inject({}) as Record<string, string>,
      (sent) => {
        const headers = Object.fromEntries(
          Object.entries(sent).map(([key, value]) => [key, Buffer.from(value)]),
        );
        extract(headers, () => handle({ headers }));
      },
    ));

  it('through request headers in any case', () =>
    roundTrip(
      () => Object.entries(inject()).map(([key, value]) => [key.toUpperCase(), value] as [string, string]),
      (sent) => extract(new Headers(sent), () => handle({})),
    ));

  it('through SQS message attributes', () =>
    roundTrip(
      () => inject({}, { format: 'sqs' }) as Record<string, { DataType: string; StringValue: string }>,
      (attributes) => {
        expect(attributes.traceparent).toMatchObject({ DataType: 'String' });
        extract(attributes, () => handle({ attributes }));
      },
    ));
});

describe('extract', () => {
  it.each([[null], [undefined], [{}], [{ traceparent: 'nonsense', baggage: ';;;=' }], [{ traceparent: 7 }]])(
    'starts a new trace if the carrier is %j',
    (carrier) => {
      const outer = observe(() => extract(carrier as object, () => handle(1)), { name: 'outer' });
      expect(outer()).toBe(1);
      expect(spans.find({ name: 'handle' })?.parentSpanId).toBeUndefined();
    },
  );

  it('only calls the function before init', async () => {
    await shutdown();
    expect(extract(inject(), () => 5)).toBe(5);
  });
});

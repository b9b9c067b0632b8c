import fc from 'fast-check';
import { afterEach, describe, expect, it } from 'vitest';
import {
  extract,
  InMemoryExporter,
  init,
  inject,
  type SamplingOptions,
  shutdown,
  startSpan,
  startTrace,
  stats,
  withContext,
} from '../index.ts';
import { isKept, rateOf, readOtEntry, thresholdOf } from './sampling.ts';

afterEach(async () => {
  await shutdown();
});

function start(sampling: SamplingOptions): InMemoryExporter {
  const exporter = new InMemoryExporter();
  init({ exporter, sampling });
  return exporter;
}

const traceIds = fc.stringMatching(/^[0-9a-f]{32}$/);

describe('thresholds', () => {
  it('convert to their rate and back', () => {
    fc.assert(
      fc.property(fc.double({ min: 1e-9, max: 1, noNaN: true }), (rate) => {
        expect(rateOf(thresholdOf(rate) ?? '')).toBeCloseTo(rate, 12);
      }),
    );
    expect([1, 0.5, 0.25, 0.1, 0].map(thresholdOf)).toEqual(['0', '8', 'c', 'e6666666666668', null]);
  });

  it('a higher rate keeps every trace that a lower rate keeps', () => {
    fc.assert(
      fc.property(
        traceIds,
        fc.double({ min: 0, max: 1, noNaN: true }),
        fc.double({ min: 0, max: 1, noNaN: true }),
        (id, a, b) => {
          const [low, high] = a < b ? [a, b] : [b, a];
          if (isKept(id, thresholdOf(low))) expect(isKept(id, thresholdOf(high))).toBe(true);
          expect(isKept(id, thresholdOf(1))).toBe(true);
          expect(isKept(id, thresholdOf(0))).toBe(false);
        },
      ),
    );
  });

  it('are read from an entry that contains unknown fields', () => {
    expect(readOtEntry('th:8;rv:0123456789abcd;x:1')).toEqual({
      th: '8',
      rv: '0123456789abcd',
      others: ['x:1'],
    });
    expect(readOtEntry('th:zz')).toEqual({ others: ['th:zz'] });
  });
});

describe('head sampling', () => {
  it('keeps about the configured share of complete traces and counts the others', () => {
    const spans = start({ rate: 0.25 });
    for (let i = 0; i < 4_000; i++) {
      const root = startTrace('root');
      root.startSpan('child').end();
      root.end();
    }
    const roots = spans.filter({ name: 'root' });
    expect(roots.length).toBeGreaterThan(850);
    expect(roots.length).toBeLessThan(1_150);
    expect(spans.filter({ name: 'child' }).length).toBe(roots.length);
    expect(stats()?.unsampled).toEqual({ traces: 4_000 - roots.length, spans: 2 * (4_000 - roots.length) });
    expect(roots[0]?.attributes['throughline.sample_rate']).toBe(0.25);
    expect(roots[0]?.otel.spanContext().traceState?.get('ot')).toBe('th:c');
  });

  it('applies the rule first, then the user, the feature and the rate', () => {
    const spans = start({
      rate: 0,
      features: { checkout: 1 },
      users: { vip: 1, bot: 0 },
      rule: ({ name, kind }) => (name === 'always' ? true : kind === 'tool' ? 0 : undefined),
    });
    const trace = (name: string, values: object, kind: 'tool' | 'span' = 'span') =>
      withContext(values, () => startTrace(name, { kind }).end());
    trace('plain', {});
    trace('always', { userId: 'bot' });
    trace('vip', { userId: 'vip' });
    trace('vip tool', { userId: 'vip' }, 'tool');
    trace('feature', { feature: 'checkout' });
    trace('bot', { feature: 'checkout', userId: 'bot' });
    trace('hostile', { feature: '__proto__', userId: 'constructor' });
    expect(spans.spans.map(({ name }) => name)).toEqual(['always', 'vip', 'feature']);
  });

  it('ignores a rule that throws or returns NaN', () => {
    const spans = start({
      rule: ({ name }) => {
        if (name === 'a') throw new Error('no');
        return Number.NaN;
      },
    });
    startTrace('a').end();
    startTrace('b').end();
    expect(spans.spans).toHaveLength(2);
  });

  it('follows the decision of the calling service and keeps its rate', () => {
    const spans = start({ rate: 0 });
    const traceId = '0af7651916cd43dd8448eb211c80319c';
    const carrier = (flags: string) => ({
      traceparent: `00-${traceId}-b7ad6b7169203331-${flags}`,
      tracestate: 'ot=th:8,vendor=1',
    });
    extract(carrier('01'), () => {
      const span = startSpan('kept');
      expect(span.run(() => inject())).toMatchObject({
        traceparent: `00-${traceId}-${span.spanId}-01`,
        tracestate: 'ot=th:8,vendor=1',
      });
      span.end();
    });
    extract(carrier('00'), () => startSpan('dropped').end());
    expect(spans.spans.map(({ name, attributes }) => [name, attributes['throughline.sample_rate']])).toEqual([
      ['kept', 0.5],
    ]);
    expect(stats()?.unsampled).toEqual({ traces: 1, spans: 1 });
  });

  it('propagates the decision not to sample to called services', () => {
    start({ rate: 0 });
    const span = startTrace('root');
    expect(span.isRecording).toBe(false);
    expect(span.run(() => inject()).traceparent).toMatch(/-00$/);
  });
});

import { context, trace } from '@opentelemetry/api';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import {
  activeSpan,
  InMemoryExporter,
  init,
  observe,
  shutdown,
  startSpan,
  startTrace,
  tool,
} from '../index.ts';

let spans: InMemoryExporter;
beforeEach(() => {
  spans = new InMemoryExporter();
  init({ exporter: spans });
});
afterEach(async () => {
  await shutdown();
});

describe('a manual span', () => {
  it('outlives the function that started it and accepts children until it ends', () => {
    const root = startTrace('session', { kind: 'agent', sessionId: 's1', feature: 'chat' });
    const first = root.startSpan('turn', { kind: 'chain' });
    first.run(() => startSpan('inside').end());
    first.end();
    root.run(() => tool(() => 1, { name: 'look' })());
    root.end();
    expect(
      spans.spans.map(({ name, parentSpanId, attributes }) => [name, parentSpanId, attributes['session.id']]),
    ).toEqual([
      ['inside', first.spanId, 's1'],
      ['turn', root.spanId, 's1'],
      ['look', root.spanId, 's1'],
      ['session', undefined, 's1'],
    ]);
  });

  it('is the active span wherever its OpenTelemetry span is active', () => {
    const span = startSpan('handle', { kind: 'tool' });
    expect(span.run(activeSpan)).toBe(span);
    const other = startSpan('handle', { kind: 'tool' });
    expect(context.with(trace.setSpan(context.active(), other.otel), activeSpan)).toBe(other);
    for (const open of [span, other]) open.end();
    expect(context.with(other.context, activeSpan)).not.toBe(other);
  });

  it('ignores all calls after its end', () => {
    const span = startSpan('once');
    span.end();
    span.update({ output: 'late', name: 'late' }).markFirstToken().recordError(new Error('late')).end();
    expect(spans.spans).toMatchObject([{ name: 'once', status: 'unset', output: undefined }]);
  });

  it('starts a separate trace with startTrace inside another span', () => {
    observe(() => startTrace('separate').end(), { name: 'outer' })();
    const [separate, outer] = spans.spans;
    expect(separate?.parentSpanId).toBeUndefined();
    expect(separate?.traceId).not.toBe(outer?.traceId);
  });

  it.each([
    ['a text', 'oops', 'string', 'oops'],
    ['nothing', undefined, 'undefined', 'undefined'],
    ['an object', { code: 'E_LIMIT', message: 'limit' }, 'E_LIMIT', 'limit'],
    [
      'an error of a class',
      new (class RateLimitError extends Error {})('slow down'),
      'RateLimitError',
      'slow down',
    ],
  ])('names the error type of %s', (_, thrown, type, message) => {
    const span = startSpan('failing');
    span.recordError(thrown);
    span.end();
    expect(spans.spans[0]).toMatchObject({ status: 'error', errorType: type });
    expect(spans.spans[0]?.otel.status.message).toBe(message);
  });
});

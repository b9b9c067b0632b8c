import { compileRedactor, DEFAULT_RULES } from '@throughline/privacy';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { type InitOptions, InMemoryExporter, init, shutdown, startSpan, withContext } from '../index.ts';

afterEach(async () => {
  await shutdown();
});

function start(options: InitOptions): InMemoryExporter {
  const exporter = new InMemoryExporter();
  init({ exporter, ...options });
  return exporter;
}

describe('capture', () => {
  it('does not call content functions if content is off', () => {
    const spans = start({ capture: { content: false } });
    const [prompt, answer] = [vi.fn(() => 'prompt'), vi.fn(() => 'answer')];
    const span = startSpan('chat', {
      kind: 'llm',
      model: 'm',
      inputMessages: prompt as never,
      input: prompt,
    });
    span.set({ 'output.value': { output: answer }, metadata: { always: () => ({ a: 1 }) } });
    span.update({ output: answer, toolResult: answer });
    expect(span.captures('input')).toBe(false);
    span.end();
    expect(prompt).not.toHaveBeenCalled();
    expect(answer).not.toHaveBeenCalled();
    expect(spans.spans[0]?.attributes).toEqual({
      'gen_ai.operation.name': 'chat',
      'gen_ai.request.model': 'm',
      metadata: '{"a":1}',
    });
  });

  it('can be turned off by kind, feature and direction', () => {
    const spans = start({ capture: { output: false, kinds: { tool: false }, features: { payroll: false } } });
    const record = (name: string, kind: 'tool' | 'chain') => {
      const span = startSpan(name, { kind, input: 'in', output: 'out' });
      span.end();
    };
    record('tool', 'tool');
    record('chain', 'chain');
    withContext({ feature: 'payroll' }, () => record('payroll', 'chain'));
    expect(spans.spans.map(({ name, input, output }) => [name, input, output])).toEqual([
      ['tool', undefined, undefined],
      ['chain', 'in', undefined],
      ['payroll', undefined, undefined],
    ]);
  });

  it('masks content, errors, metadata, tags and ids, and passes the span to the mask', () => {
    const redactCalls: [string, string | undefined][] = [];
    const spans = start({
      mask: (value, key, span) => {
        redactCalls.push([key, span?.name]);
        return key === 'user.id' ? `hash(${value})` : value.replaceAll('secret', '***');
      },
    });
    withContext({ userId: 'ann', tags: ['secret'], metadata: { a: 'secret' } }, () => {
      const span = startSpan('step', { input: { q: 'secret' }, attributes: { own: 'secret' } });
      span.recordError(new Error('secret failed'));
      span.end();
    });
    const [span] = spans.spans;
    expect(span?.attributes).toMatchObject({
      'user.id': 'hash(ann)',
      'tag.tags': ['***'],
      metadata: '{"a":"***"}',
      'input.value': '{"q":"***"}',
      own: '***',
    });
    expect(span?.otel.status.message).toBe('*** failed');
    expect(JSON.stringify(span?.otel.events)).not.toContain('secret');
    expect(redactCalls).toContainEqual(['input.value', 'step']);
  });

  it('redacts values, texts and ids with the rules of the privacy package', () => {
    const spans = start({
      redact: compileRedactor(DEFAULT_RULES),
      mask: (value) => value.replace('refund', 'REFUND'),
    });
    withContext({ userId: 'ann@example.com', metadata: { mail: 'ann@example.com' } }, () => {
      const span = startSpan('step', {
        kind: 'tool',
        toolArguments: { note: 'refund 4111 1111 1111 1111 to ann@example.com', count: 3 },
        output: 'line\nann@example.com',
      });
      span.recordError(new Error('no mail to ann@example.com'));
      span.end();
    });
    const [span] = spans.spans;
    const sent = JSON.stringify([span?.attributes, span?.otel.events, span?.otel.status]);
    expect(sent).not.toContain('example.com');
    expect(sent).not.toContain('4111');
    expect(span?.input).toMatchObject({ note: expect.stringMatching(/^REFUND \[.+\] to \[.+\]$/), count: 3 });
    expect(span?.output).toMatch(/^line\n\[.+\]$/);
  });

  it('replaces a value if its redaction throws', () => {
    const spans = start({
      redact: () => {
        throw new Error('broken');
      },
    });
    startSpan('step', { input: { q: 'secret' } }).end();
    expect(spans.spans[0]?.input).toBe('[redaction failed]');
  });

  it('replaces a text if its mask throws', () => {
    const spans = start({
      mask: () => {
        throw new Error('broken');
      },
    });
    startSpan('step', { input: { q: 'secret' } }).end();
    expect(spans.spans[0]?.input).toEqual({ q: '[mask failed]' });
  });

  it('does not call content functions of spans that are not sampled', () => {
    start({ sampling: { rate: 0 } });
    const prompt = vi.fn(() => 'prompt');
    startSpan('chat', { kind: 'llm', input: prompt }).update({ output: prompt }).end();
    expect(prompt).not.toHaveBeenCalled();
  });

  it('records the span if a content function throws', () => {
    const spans = start({});
    startSpan('step', {
      input: () => {
        throw new Error('no');
      },
    }).end();
    expect(spans.spans).toHaveLength(1);
  });

  it("allows more attributes than OpenTelemetry's default", () => {
    const spans = start({});
    const attributes = Object.fromEntries(Array.from({ length: 500 }, (_, i) => [`a${i}`, i]));
    startSpan('step', { attributes }).end();
    expect(Object.keys(spans.spans[0]?.attributes ?? {})).toHaveLength(500);
  });
});

import { context, propagation, trace } from '@opentelemetry/api';
import { AsyncLocalStorageContextManager } from '@opentelemetry/context-async-hooks';
import {
  BasicTracerProvider,
  InMemorySpanExporter,
  SimpleSpanProcessor,
} from '@opentelemetry/sdk-trace-base';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { Receiver } from '../../test-support/receiver.ts';
import {
  createSampler,
  createSpanProcessor,
  flush,
  InMemoryExporter,
  init,
  observe,
  shutdown,
  startSpan,
  startTrace,
  stats,
  withContext,
} from '../index.ts';

afterEach(async () => {
  await shutdown(0);
  trace.disable();
  context.disable();
  propagation.disable();
  vi.unstubAllEnvs();
  vi.restoreAllMocks();
});

const work = observe(() => trace.getTracer('other').startActiveSpan('theirs', (span) => span.end()), {
  name: 'ours',
});

describe('init', () => {
  it('registers OpenTelemetry globals, so that other instrumentations join the trace, and removes them', async () => {
    const spans = new InMemoryExporter();
    init({ exporter: spans, serviceName: 'assistant', release: '1.2', environment: 'test', project: 'shop' });
    work();
    const [theirs, ours] = spans.spans;
    expect(theirs?.parentSpanId).toBe(ours?.spanId);
    expect(ours?.otel.resource.attributes).toMatchObject({
      'service.name': 'assistant',
      'service.version': '1.2',
      'deployment.environment.name': 'test',
      'throughline.project': 'shop',
    });
    await shutdown();
    expect(trace.getTracer('x').startSpan('y').isRecording()).toBe(false);
    expect(propagation.fields()).toEqual([]);
    expect(
      context.with(trace.setSpan(context.active(), startSpan('z').otel), () => trace.getActiveSpan()),
    ).toBeUndefined();
  });

  it("uses the application's existing provider and restores it on shutdown", async () => {
    const kept = new InMemorySpanExporter();
    const provider = new BasicTracerProvider({ spanProcessors: [new SimpleSpanProcessor(kept)] });
    trace.setGlobalTracerProvider(provider);
    context.setGlobalContextManager(new AsyncLocalStorageContextManager().enable());
    const spans = new InMemoryExporter();
    init({ exporter: spans });
    work();
    expect(spans.spans.map(({ name }) => name)).toEqual(['theirs', 'ours']);
    expect(kept.getFinishedSpans().map(({ name }) => name)).toEqual(['theirs', 'ours']);
    await shutdown();
    expect(trace.getTracer('x').startSpan('y').isRecording()).toBe(true);
    trace.getTracer('x').startSpan('after').end();
    expect(spans.spans).toHaveLength(2);
    expect(kept.getFinishedSpans()).toHaveLength(3);
  });

  it('warns once if no span processor can be added to the existing provider', () => {
    const warn = vi.spyOn(console, 'warn').mockImplementation(() => {});
    class OwnProvider {
      getTracer() {
        return new BasicTracerProvider().getTracer('x');
      }
    }
    trace.setGlobalTracerProvider(new OwnProvider());
    init({ exporter: new InMemoryExporter() });
    init({ exporter: new InMemoryExporter() });
    expect(work()).toBeUndefined();
    expect(warn).toHaveBeenCalledTimes(1);
    expect(warn.mock.calls[0]?.[0]).toContain('createSpanProcessor()');
  });

  it('ignores spans after shutdown, even from tracers and spans that are still referenced', async () => {
    const receiver = await new Receiver().start();
    const spans = new InMemoryExporter();
    init({ endpoint: receiver.url, exporter: spans, running: { afterMs: 0 } });
    const tracer = trace.getTracer('third party');
    const provider = trace.getTracerProvider();
    const [open, theirs] = [startTrace('open'), tracer.startSpan('theirs')];
    startTrace('before').end();
    await shutdown();
    const sent = receiver.requests.length;
    open.update({ output: 'late' }).end();
    theirs.end();
    tracer.startActiveSpan('after', (span) => span.addEvent('x').end());
    provider.getTracer('another').startSpan('after').end();
    expect(await flush()).toBe(true);
    expect(spans.spans.map(({ name }) => name)).toEqual(['before']);
    expect(receiver.requests.length).toBe(sent);
    await receiver.stop();
  });

  it("createSpanProcessor() works in the application's own provider", async () => {
    const spans = new InMemoryExporter();
    const provider = new BasicTracerProvider({ spanProcessors: [createSpanProcessor({ exporter: spans })] });
    trace.setGlobalTracerProvider(provider);
    startTrace('ours', { userId: 'ann' }).end();
    expect(spans.spans[0]).toMatchObject({ name: 'ours', attributes: { 'user.id': 'ann' } });
    await provider.shutdown();
    expect(startSpan('after').isRecording).toBe(false);
  });

  it("createSampler() works in the application's own provider and counts what it drops", () => {
    const sampler = createSampler({ sampling: { features: { bulk: 0 } } });
    const spans = new InMemoryExporter();
    const provider = new BasicTracerProvider({
      sampler,
      spanProcessors: [createSpanProcessor({ exporter: spans })],
    });
    trace.setGlobalTracerProvider(provider);
    context.setGlobalContextManager(new AsyncLocalStorageContextManager().enable());
    withContext({ feature: 'bulk' }, () => startTrace('dropped').end());
    startTrace('kept').end();
    expect(spans.spans.map(({ name }) => name)).toEqual(['kept']);
    expect(stats()?.unsampled).toEqual({ traces: 1, spans: 1 });
  });

  it('does nothing if it is disabled by option or environment', async () => {
    for (const env of [{ THROUGHLINE_ENABLED: 'false' }, { OTEL_SDK_DISABLED: 'true' }]) {
      for (const [name, value] of Object.entries(env)) vi.stubEnv(name, value);
      init();
      expect(startSpan('x').isRecording).toBe(false);
      vi.unstubAllEnvs();
    }
    init({ enabled: false });
    expect(trace.getTracer('x').startSpan('y').isRecording()).toBe(false);
    expect(await flush()).toBe(true);
  });

  it('reads its settings from environment variables', async () => {
    const receiver = await new Receiver().start();
    vi.stubEnv('THROUGHLINE_URL', `${receiver.url}/`);
    vi.stubEnv('THROUGHLINE_PROJECT', 'from-env');
    vi.stubEnv('THROUGHLINE_API_KEY', 'k1');
    vi.stubEnv('OTEL_EXPORTER_OTLP_HEADERS', 'x-tenant=a%20b,broken');
    init();
    startTrace('a').end();
    expect(await flush()).toBe(true);
    expect(receiver.requests[0]).toMatchObject({
      path: '/v1/traces',
      headers: { 'x-throughline-project': 'from-env', authorization: 'Bearer k1', 'x-tenant': 'a b' },
    });
    await receiver.stop();
  });

  it('replaces the first setup if it is called again', async () => {
    const [first, second] = [new InMemoryExporter(), new InMemoryExporter()];
    init({ exporter: first });
    init({ exporter: second });
    startTrace('a').end();
    expect([first.spans.length, second.spans.length]).toEqual([0, 1]);
  });

  it('prints each finished trace as a tree', async () => {
    const printed: string[] = [];
    const done = new Promise<void>((resolve) =>
      init({
        console: (text) => {
          printed.push(text);
          resolve();
        },
      }),
    );
    const root = startTrace('answer', { kind: 'chain' });
    const model = root.startSpan('chat', { kind: 'llm', provider: 'openai', model: 'gpt-4o' });
    root.end();
    model.setUsage({ inputTokens: 1_000, outputTokens: 200 }).end();
    await done;
    expect(printed).toHaveLength(1);
    const [first, second] = (printed[0] ?? '').split('\n');
    expect(first).toMatch(/^answer .*\$0\.00450 .*1,200 tok$/);
    expect(second).toMatch(/^└─ chat .*1,200 tok {2}gpt-4o$/);
  });
});

/** Langfuse's own SDKs, with nothing changed but the address: version 3 of JavaScript over its API, and version 5 over OTLP. */
import { LangfuseSpanProcessor } from '@langfuse/otel';
import { setLangfuseTracerProvider, startActiveObservation } from '@langfuse/tracing';
import { NodeTracerProvider } from '@opentelemetry/sdk-trace-node';
import { Langfuse } from 'langfuse';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { eventually } from '../support/eventually.ts';
import { priceOf } from '../support/prices.ts';
import { runWithEnvironment } from '../support/run-with-environment.ts';
import { startTestServer, type TestServer } from '../support/start-server.ts';
import { waitFor } from '../support/wait-for.ts';

let server: TestServer;
beforeAll(async () => {
  server = await startTestServer('shop');
});
afterAll(() => server?.stop());

const QUESTION = [{ role: 'user', content: 'Where is order 7?' }];
const ANSWER = { role: 'assistant', content: 'It arrives on Monday.' };

/** A client that sends every event in a request of its own, or all events in one. */
function client(flushAt: number): Langfuse {
  return new Langfuse({ publicKey: 'pk-lf-shop', secretKey: 'any', baseUrl: server.url, flushAt });
}

const scoresOf = async (traceId: string) => {
  const response = await fetch(`${server.url}/api/v1/scores?project=shop&traceId=${traceId}`);
  return ((await response.json()) as { scores: Record<string, unknown>[] }).scores;
};

describe('the JavaScript SDK 3', () => {
  // With one event per request, requests overtake each other: an update can arrive before its create.
  test.each([
    ['each event in its own request', 1],
    ['all events in one request', 100],
  ])('records a trace with its tree, content, tokens, cost and scores: %s', async (_how, flushAt) => {
    const langfuse = client(flushAt);
    const trace = langfuse.trace({
      name: 'support',
      userId: 'ada',
      sessionId: 'visit-1',
      input: { question: 'Where is order 7?' },
      tags: ['beta'],
      metadata: { plan: 'pro' },
      release: '2.1.0',
    });
    const search = trace.span({ name: 'find-order', input: 'order 7', metadata: { shop: 'north' } });
    const call = search.generation({
      name: 'answer',
      model: 'gpt-4o',
      modelParameters: { temperature: 0.2 },
      input: QUESTION,
    });
    call.update({ completionStartTime: new Date() });
    call.end({ output: ANSWER, usageDetails: { input: 700, output: 50, cache_read_input_tokens: 300 } });
    search.event({ name: 'cache miss', level: 'WARNING', statusMessage: 'not cached' });
    search.end({ output: ['order 7'], metadata: { found: 1 } });
    trace
      .generation({ name: 'failing', model: 'gpt-4o' })
      .end({ level: 'ERROR', statusMessage: 'rate limit' });
    trace.update({ output: 'It arrives on Monday.', tags: ['vip'] });
    trace.score({ name: 'helpful', value: 0.9, comment: 'quick' });
    call.score({ name: 'tone', value: 'friendly' });
    await langfuse.shutdownAsync();

    const found = await waitFor('the complete trace', async () => {
      const { spans, ...summary } = await server.getTrace(trace.id, 5);
      expect(spans.map(({ name }) => name).sort()).toEqual([
        'answer',
        'cache miss',
        'failing',
        'find-order',
        'support',
      ]);
      // Every observation has ended, and all parts of it were merged.
      for (const span of spans) expect(span.durationMs).not.toBeNull();
      expect(summary.outputPreview).toBe('It arrives on Monday.');
      return { spans, ...summary };
    });
    expect(found).toMatchObject({
      name: 'support',
      userId: 'ada',
      sessionId: 'visit-1',
      errorCount: 1,
      inputTokens: 1000,
      outputTokens: 50,
    });
    const byName = Object.fromEntries(found.spans.map((span) => [span.name, span]));
    expect(byName.support?.parentSpanId).toBeNull();
    expect(byName['find-order']?.parentSpanId).toBe(trace.id);
    expect(byName.answer?.parentSpanId).toBe(search.id);
    expect(byName['cache miss']?.parentSpanId).toBe(search.id);
    expect(byName.failing?.parentSpanId).toBe(trace.id);

    const root = await server.findSpan(found, ({ name }) => name === 'support');
    expect(root).toMatchObject({ release: '2.1.0', tags: ['beta', 'vip'], metadata: { plan: 'pro' } });
    expect(JSON.parse(root.input?.text ?? '')).toEqual({ question: 'Where is order 7?' });
    const answer = await server.findSpan(found, ({ name }) => name === 'answer');
    expect(answer).toMatchObject({
      kind: 'llm',
      status: 'unset',
      model: 'gpt-4o',
      inputTokens: 1000,
      cacheReadTokens: 300,
      outputTokens: 50,
      costUsd: priceOf('gpt-4o', { input: 1000, cacheRead: 300, output: 50 }),
      parameters: { temperature: 0.2 },
      inputMessages: [{ role: 'user', parts: [{ type: 'text', content: 'Where is order 7?' }] }],
      outputMessages: [{ role: 'assistant', parts: [{ type: 'text', content: 'It arrives on Monday.' }] }],
    });
    expect(answer.ttftMs).toBeGreaterThanOrEqual(0);
    const span = await server.findSpan(found, ({ name }) => name === 'find-order');
    expect(span).toMatchObject({ kind: 'span', metadata: { shop: 'north', found: 1 } });
    expect(span.input?.text).toBe('order 7');
    expect(await server.findSpan(found, ({ name }) => name === 'failing')).toMatchObject({
      kind: 'llm',
      status: 'error',
      statusMessage: 'rate limit',
    });
    await eventually('the scores', async () =>
      (await scoresOf(trace.id)).map(({ name, value, spanId, comment }) => ({
        name,
        value,
        spanId,
        comment,
      })),
    ).toEqual(
      expect.arrayContaining([
        { name: 'helpful', value: 0.9, spanId: null, comment: 'quick' },
        { name: 'tone', value: 'friendly', spanId: call.id, comment: null },
      ]),
    );
  });

  test('an observation that has no end is running until a later process ends it', async () => {
    const first = client(1);
    const trace = first.trace({ name: 'job' });
    const step = trace.span({ name: 'step', input: 'a' });
    await first.shutdownAsync();
    const running = await server.getTrace(trace.id, 2);
    expect(running.spans.find(({ name }) => name === 'step')?.durationMs).toBeNull();

    const second = client(1);
    second.span({ id: step.id, traceId: trace.id, name: 'step' }).end({ output: 'b' });
    await second.shutdownAsync();
    await eventually('the end of the step', async () => {
      const detail = await server.getSpan({ traceId: trace.id, spanId: step.id });
      return [detail.durationMs === null, detail.input?.text, detail.output?.text];
    }).toEqual([false, 'a', 'b']);
    // Still one span, not one for each part.
    expect((await server.getTrace(trace.id, 2)).spans).toHaveLength(2);
  });

  test('prompts and datasets are answered with an error that says what is missing', async () => {
    const langfuse = client(1);
    await expect(langfuse.getPrompt('greeting', undefined, { maxRetries: 0 })).rejects.toThrow(/prompts/);
    expect((await langfuse.getPrompt('greeting', undefined, { fallback: 'Hi', maxRetries: 0 })).prompt).toBe(
      'Hi',
    );
    await langfuse.shutdownAsync();
  });
});

test('the JavaScript SDK 5 records over OTLP with Basic authentication', async () => {
  const processor = new LangfuseSpanProcessor({
    publicKey: 'pk-lf-shop',
    secretKey: 'any',
    baseUrl: server.url,
  });
  const provider = new NodeTracerProvider({ spanProcessors: [processor] });
  setLangfuseTracerProvider(provider);
  let traceId = '';
  await startActiveObservation('support', async (span) => {
    traceId = span.traceId;
    span.update({ input: { question: 'Where is order 7?' } });
    span
      .startObservation('answer', { model: 'gpt-4o', input: QUESTION }, { asType: 'generation' })
      .update({ output: ANSWER, usageDetails: { input: 700, output: 50, cache_read_input_tokens: 300 } })
      .end();
    span.update({ output: 'It arrives on Monday.' });
  });
  await provider.shutdown();
  const trace = await server.getTrace(traceId, 2);
  expect(trace).toMatchObject({ name: 'support', inputTokens: 1000, outputTokens: 50 });
  expect(await server.findSpan(trace, ({ kind }) => kind === 'llm')).toMatchObject({
    model: 'gpt-4o',
    costUsd: priceOf('gpt-4o', { input: 1000, cacheRead: 300, output: 50 }),
  });
});

test('the settings of the guide are enough', async () => {
  const program = new URL('programs/langfuse-env.mjs', import.meta.url);
  await runWithEnvironment('langfuse.sh', program, server.url);
  const found = await waitFor('the trace', async () =>
    (await server.listTraces(20)).find(({ name }) => name === 'from the guide'),
  );
  expect(found.outputPreview).toContain('What is it? 42');
});
